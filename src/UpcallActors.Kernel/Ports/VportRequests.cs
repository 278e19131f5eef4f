using System.Buffers;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// The <c>ovs_vport</c> family of one datapath. Results are the kernel's; nothing is thrown but by the constructor. Thread-safe.
/// </summary>
/// <param name="family">Id of <c>ovs_vport</c>.</param>
/// <param name="datapathIfIndex">The datapath's <c>dp_ifindex</c>.</param>
internal sealed class VportRequests(ushort family, int datapathIfIndex) : IDisposable
{
    private const int FixedLength = 256;

    /// <summary>A dump that was interrupted by a change is asked for again, so many times.</summary>
    private const int Attempts = 10;

    private readonly NetlinkConversation _generic = new(NetlinkProtocol.Generic);

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
            DatapathIfIndex = datapathIfIndex,
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
    public NetlinkResult Remove(uint number) =>
        Send(new VportMessage { Command = OvsCommand.Delete, DatapathIfIndex = datapathIfIndex, PortNo = number }, NetlinkFlags.None, null);

    /// <summary>Sends a vport's upcalls to other sockets from now on.</summary>
    public NetlinkResult SetUpcallPids(uint number, IReadOnlyList<uint> upcallPids) =>
        Send(new VportMessage { Command = OvsCommand.Set, DatapathIfIndex = datapathIfIndex, PortNo = number, UpcallPids = upcallPids },
            NetlinkFlags.None, null);

    /// <summary>All vports, by number. ENODEV when the datapath is gone.</summary>
    public NetlinkResult Dump(out IReadOnlyList<VportMessage> vports)
    {
        List<VportMessage> found = [];
        NetlinkResult result = default;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            found.Clear();
            result = Send(new VportMessage { Command = OvsCommand.Get, DatapathIfIndex = datapathIfIndex }, NetlinkFlags.Dump, found.Add);
            if (!result.WasInterrupted)
                break;
        }

        found.Sort((one, other) => one.PortNo!.Value.CompareTo(other.PortNo!.Value));
        vports = found;
        return result;
    }

    public void Dispose() => _generic.Dispose();

    private NetlinkResult Send(VportMessage request, NetlinkFlags flags, Action<VportMessage>? onAnswer)
    {
        int length = FixedLength + (sizeof(uint) * (request.UpcallPids?.Count ?? 0));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        var writer = new NetlinkWriter(buffer);
        request.Write(ref writer, family, flags, sequence: 0);
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
