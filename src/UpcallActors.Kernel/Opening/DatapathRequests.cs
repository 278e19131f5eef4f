using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>The <c>ovs_datapath</c> family. Results are the kernel's; nothing is thrown. Thread-safe.</summary>
internal sealed class DatapathRequests(NetlinkConversation generic, ushort family)
{
    private const int FixedLength = 256;

    /// <summary>Makes a datapath whose local port has no upcall port id yet.</summary>
    public NetlinkResult Create(string name, OvsDatapathFeatures features) =>
        Send(new DatapathMessage { Command = OvsCommand.New, Name = name, UpcallPid = 0, UserFeatures = features }, out _);

    /// <summary>Looks a datapath up; ENODEV when there is none.</summary>
    public NetlinkResult Get(string name, out DatapathMessage? datapath)
    {
        NetlinkResult result = Send(new DatapathMessage { Command = OvsCommand.Get, Name = name }, out datapath);
        return result.Succeeded && datapath is null ? new NetlinkResult(Errno.InputOutput) : result;
    }

    /// <summary>
    /// Changes features, and the port ids by CPU unless there are none given. Features are always sent: without them the kernel clears all.
    /// </summary>
    public NetlinkResult Set(string name, OvsDatapathFeatures features, IReadOnlyList<uint>? perCpuPids = null) =>
        Send(new DatapathMessage { Command = OvsCommand.Set, Name = name, UserFeatures = features, PerCpuPids = perCpuPids ?? [] }, out _);

    /// <summary>Deletes a datapath with its ports and flows.</summary>
    public NetlinkResult Delete(int ifIndex) => Send(new DatapathMessage { Command = OvsCommand.Delete, IfIndex = ifIndex }, out _);

    private NetlinkResult Send(DatapathMessage request, out DatapathMessage? answer)
    {
        byte[] buffer = new byte[FixedLength + (sizeof(uint) * request.PerCpuPids.Count)];
        var writer = new NetlinkWriter(buffer);
        request.Write(ref writer, family, NetlinkFlags.None, sequence: 0);
        DatapathMessage? found = null;
        NetlinkResult result = writer.Overflowed ? new NetlinkResult(Errno.Range) : generic.Request(writer.Written, message =>
        {
            if (DatapathMessage.TryParse(message.Bytes, out DatapathMessage? datapath) == OdpParseError.None)
                found = datapath;
        });
        answer = found;
        return result;
    }
}
