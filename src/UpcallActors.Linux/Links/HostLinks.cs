using System.Buffers.Binary;

namespace UpcallActors.Linux;

/// <summary>
/// The network devices of this process's network namespace, over rtnetlink. What goes wrong is in the result; nothing is thrown
/// but by the constructor. Thread-safe.
/// </summary>
internal sealed class HostLinks : IDisposable
{
    private const int RequestLength = 512;

    /// <summary>A dump that was interrupted by a change is asked for again, so many times.</summary>
    private const int Attempts = 10;

    private readonly INetlinkConversation _route;

    /// <summary>Opens a socket. Throws <see cref="System.ComponentModel.Win32Exception"/> when the system refuses.</summary>
    public HostLinks()
        : this(new NetlinkConversation(NetlinkProtocol.Route))
    {
    }

    /// <summary>Asks over a conversation, which it takes over.</summary>
    public HostLinks(INetlinkConversation route) => _route = route;

    /// <summary>All links, in the kernel's order. If they cannot be read, the result is an error and the list is empty.</summary>
    public NetlinkResult List(out IReadOnlyList<Link> links)
    {
        List<Link> found = [];
        NetlinkResult result = default;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            found.Clear();
            result = Ask(NetlinkFlags.Dump, index: 0, name: null, found);
            if (!result.WasInterrupted)
                break;
        }

        links = result.Succeeded ? found : [];
        return result;
    }

    /// <summary>Tells the counters of each link that has any. A device that comes or goes meanwhile may be missing.</summary>
    public NetlinkResult Count(LinkCountersHandler tell)
    {
        var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
        int start = Begin(ref writer, LinkMessageType.Get, NetlinkFlags.Dump, index: 0, LinkFlags.None, LinkFlags.None);
        return Send(ref writer, start, answer =>
        {
            ReadOnlySpan<byte> payload = answer.Payload;
            if (answer.Type != LinkMessageType.New || payload.Length < LinkAttribute.HeaderLength)
                return;
            ReadOnlySpan<byte> list = payload[LinkAttribute.HeaderLength..];
            if (NetlinkAttributes.Check(list) == NetlinkParseError.None
                && new NetlinkAttributes(list).TryFindLast(LinkAttribute.Statistics, out NetlinkAttribute counted))
                tell(BinaryPrimitives.ReadInt32LittleEndian(payload[4..]), new LinkCounters(counted.Payload));
        });
    }

    /// <summary>The link of a name, null when there is none; that is no error.</summary>
    public NetlinkResult Find(string name, out Link? link) => Find(index: 0, name, out link);

    /// <summary>The link of an index, null when there is none; that is no error.</summary>
    public NetlinkResult Find(int index, out Link? link) => Find(index, name: null, out link);

    /// <summary>
    /// Makes a tunnel device and sets it up. EEXIST when the name is taken;
    /// the kernel also refuses a second device of the same kind and port.
    /// </summary>
    public NetlinkResult Create(string name, MetadataTunnel tunnel, int mtu)
    {
        var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
        int start = Begin(ref writer, LinkMessageType.New, NetlinkFlags.Create | NetlinkFlags.Exclusive, index: 0, LinkFlags.Up,
            LinkFlags.Up);
        writer.PutString(LinkAttribute.Name, name);
        writer.PutU32(LinkAttribute.Mtu, (uint)mtu);
        tunnel.Write(ref writer);
        NetlinkResult result = Send(ref writer, start);
        // The GRE driver ignores the MTU that a device is made with (ipgre_newlink).
        return result.Succeeded && Find(name, out Link? made).Succeeded && made is not null && made.Mtu != mtu
            ? Set(made.Index, mtu: mtu)
            : result;
    }

    /// <summary>Deletes a device. ENODEV when there is none of that index, EOPNOTSUPP when it is no virtual one.</summary>
    public NetlinkResult Delete(int index)
    {
        var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
        int start = Begin(ref writer, LinkMessageType.Delete, NetlinkFlags.None, index, LinkFlags.None, LinkFlags.None);
        return Send(ref writer, start);
    }

    /// <summary>Changes a device in one step; what is null stays. EINVAL when something is outside of what the device can do.</summary>
    /// <param name="index">The device.</param>
    /// <param name="up">Whether it is set up.</param>
    /// <param name="address">Its Ethernet address, 48 bits.</param>
    /// <param name="mtu">Its MTU, bytes.</param>
    public NetlinkResult Set(int index, bool? up = null, ulong? address = null, int? mtu = null)
    {
        var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
        int start = Begin(ref writer, LinkMessageType.Set, NetlinkFlags.None, index, up == true ? LinkFlags.Up : LinkFlags.None,
            up is null ? LinkFlags.None : LinkFlags.Up);
        if (address is { } hardware)
        {
            Span<byte> bytes = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, hardware);
            writer.Put(LinkAttribute.Address, bytes[2..]);
        }

        if (mtu is { } bytesOfPacket)
            writer.PutU32(LinkAttribute.Mtu, (uint)bytesOfPacket);
        return Send(ref writer, start);
    }

    /// <inheritdoc/>
    public void Dispose() => _route.Dispose();

    private static int Begin(ref NetlinkWriter writer, ushort type, NetlinkFlags flags, int index, LinkFlags state, LinkFlags changed)
    {
        int start = writer.BeginMessage(type, flags, sequence: 0, portId: 0);
        Span<byte> header = stackalloc byte[LinkAttribute.HeaderLength];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)state);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)changed);
        writer.PutRaw(header);
        return start;
    }

    private NetlinkResult Find(int index, string? name, out Link? link)
    {
        List<Link> found = [];
        NetlinkResult result = Ask(NetlinkFlags.None, index, name, found);
        link = found.Count == 0 ? null : found[0];
        return result.Error == Errno.NoDevice ? default : result;
    }

    private NetlinkResult Ask(NetlinkFlags flags, int index, string? name, List<Link> found)
    {
        var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
        int start = Begin(ref writer, LinkMessageType.Get, flags, index, LinkFlags.None, LinkFlags.None);
        if (name is not null)
            writer.PutString(LinkAttribute.Name, name);
        return Send(ref writer, start, answer =>
        {
            if (Link.TryParse(answer, out Link? link) == NetlinkParseError.None)
                found.Add(link!);
        });
    }

    private NetlinkResult Send(ref NetlinkWriter writer, int start, NetlinkAnswerHandler? onAnswer = null)
    {
        writer.EndMessage(start);
        // A name too long for the buffer is too long for a device by far (IFNAMSIZ is 16).
        return writer.Overflowed ? new NetlinkResult(Errno.Range) : _route.Request(writer.Written, onAnswer);
    }
}
