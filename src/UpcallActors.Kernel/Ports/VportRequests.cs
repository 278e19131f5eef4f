using System.Buffers;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// The <c>ovs_vport</c> family of one datapath. Results are the kernel's; nothing is thrown but by the constructor. Thread-safe.
/// </summary>
internal sealed class VportRequests : IDisposable
{
    private const int FixedLength = 256;

    /// <summary>A dump that was interrupted by a change is asked for again, so many times.</summary>
    private const int Attempts = 10;

    private readonly ushort _family;
    private readonly int _datapathIfIndex;
    private readonly INetlinkConversation _generic;

    /// <summary>Opens a socket. Throws <see cref="System.ComponentModel.Win32Exception"/> when the system refuses.</summary>
    /// <param name="family">Id of <c>ovs_vport</c>.</param>
    /// <param name="datapathIfIndex">The datapath's <c>dp_ifindex</c>.</param>
    public VportRequests(ushort family, int datapathIfIndex)
        : this(family, datapathIfIndex, new NetlinkConversation(NetlinkProtocol.Generic))
    {
    }

    /// <summary>Asks over a conversation, which it takes over.</summary>
    public VportRequests(ushort family, int datapathIfIndex, INetlinkConversation generic)
    {
        _family = family;
        _datapathIfIndex = datapathIfIndex;
        _generic = generic;
    }

    /// <summary>
    /// Adds a vport with the wanted number, or with the first free one when null. EBUSY: the number is taken, or the device is a port of
    /// something else; ENODEV: there is no such device; EEXIST: another datapath has it.
    /// </summary>
    public NetlinkResult Add(string name, OvsVportType type, uint? number, IReadOnlyList<uint> upcallPids, out VportMessage? added)
    {
        VportMessage? answer = null;
        var request = new VportMessage
        {
            Command = OvsCommand.New,
            DatapathIfIndex = _datapathIfIndex,
            Name = name,
            Type = type,
            PortNo = number,
            UpcallPids = upcallPids,
        };
        NetlinkResult result = Send(request, NetlinkFlags.Echo, vport => answer = vport);
        added = answer;
        return result;
    }

    /// <summary>Removes a vport. EINVAL for the local port (0).</summary>
    public NetlinkResult Remove(uint number) => Send(
        new VportMessage { Command = OvsCommand.Delete, DatapathIfIndex = _datapathIfIndex, PortNo = number }, NetlinkFlags.None, null);

    /// <summary>Sends a vport's upcalls to other sockets from now on.</summary>
    public NetlinkResult SetUpcallPids(uint number, IReadOnlyList<uint> upcallPids) =>
        Send(new VportMessage { Command = OvsCommand.Set, DatapathIfIndex = _datapathIfIndex, PortNo = number, UpcallPids = upcallPids },
            NetlinkFlags.None, null);

    /// <summary>
    /// The vport of a name, null when there is none; that is no error, also when the datapath is gone. The kernel does not find a vport
    /// whose device was renamed: it keeps it under the name of before (<c>ovs_vport_locate</c>).
    /// </summary>
    public NetlinkResult Find(string name, out VportMessage? vport) =>
        Find(new VportMessage { Command = OvsCommand.Get, DatapathIfIndex = _datapathIfIndex, Name = name }, out vport);

    /// <summary>The vport of a number, null when there is none; that is no error, also when the datapath is gone.</summary>
    public NetlinkResult Find(uint number, out VportMessage? vport) =>
        Find(new VportMessage { Command = OvsCommand.Get, DatapathIfIndex = _datapathIfIndex, PortNo = number }, out vport);

    /// <summary>All vports, by number. ENODEV when the datapath is gone.</summary>
    public NetlinkResult Dump(out IReadOnlyList<VportMessage> vports)
    {
        List<VportMessage> found = [];
        NetlinkResult result = default;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            found.Clear();
            result = Send(new VportMessage { Command = OvsCommand.Get, DatapathIfIndex = _datapathIfIndex }, NetlinkFlags.Dump, found.Add);
            if (!result.WasInterrupted)
                break;
        }

        found.Sort((one, other) => one.PortNo!.Value.CompareTo(other.PortNo!.Value));
        vports = found;
        return result;
    }

    public void Dispose() => _generic.Dispose();

    private NetlinkResult Find(VportMessage request, out VportMessage? vport)
    {
        VportMessage? found = null;
        NetlinkResult result = Send(request, NetlinkFlags.None, answer => found = answer);
        vport = found;
        return result.Error == Errno.NoDevice ? default : result;
    }

    private NetlinkResult Send(VportMessage request, NetlinkFlags flags, Action<VportMessage>? onAnswer)
    {
        int length = FixedLength + (sizeof(uint) * (request.UpcallPids?.Count ?? 0));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        var writer = new NetlinkWriter(buffer);
        request.Write(ref writer, _family, flags, sequence: 0);
        NetlinkResult result = writer.Overflowed ? new NetlinkResult(Errno.Range) : _generic.Request(writer.Written, answer =>
        {
            if (VportMessage.TryParse(answer.Bytes, out VportMessage? vport) == OdpParseError.None
                && vport is { PortNo: not null, Name: not null })
                onAnswer?.Invoke(vport);
        });
        ArrayPool<byte>.Shared.Return(buffer);
        return result;
    }
}
