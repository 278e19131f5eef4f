using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>
/// An <c>ovs_datapath</c> message, read or to be written: a request, or a datapath as the kernel reports it. What is null is
/// not in the message.
/// </summary>
internal sealed record DatapathMessage
{
    /// <summary>One of <see cref="OvsCommand"/>.</summary>
    public byte Command { get; init; }

    /// <summary>The datapath's <c>dp_ifindex</c>; 0 in a request that names it.</summary>
    public int IfIndex { get; init; }

    /// <summary>The name, such as <c>ovs-system</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Netlink port id for upcalls of the local port, in a NEW.</summary>
    public uint? UpcallPid { get; init; }

    /// <summary>Counters.</summary>
    public DatapathStats? Stats { get; init; }

    /// <summary>What userspace asked for. Every SET must carry it: without it the kernel clears all (<c>ovs_dp_change</c>).</summary>
    public OvsDatapathFeatures? UserFeatures { get; init; }

    /// <summary>Entries of the mask cache.</summary>
    public uint? MasksCacheSize { get; init; }

    /// <summary>Netlink port id for the upcalls of each CPU; empty when absent.</summary>
    public IReadOnlyList<uint> PerCpuPids { get; init; } = [];

    /// <summary>Reads a message; <paramref name="parsed"/> is null unless the result is <see cref="OdpParseError.None"/>.</summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> message, out DatapathMessage? parsed)
    {
        parsed = null;
        OdpParseError error = OvsHeader.TryRead(message, out _, out byte command, out int ifIndex, out ReadOnlySpan<byte> list);
        if (error != OdpParseError.None)
            return error;
        if (command is < OvsCommand.New or > OvsCommand.Set)
            return OdpParseError.UnknownCommand;
        var datapath = new DatapathMessage { Command = command, IfIndex = ifIndex };
        ReadOnlySpan<byte> stats = default;
        ReadOnlySpan<byte> megaflowStats = default;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(list))
        {
            if (attribute.Payload.Length < MinimumLength(attribute.Type))
                return OdpParseError.AttributeSize;
            switch (attribute.Type)
            {
                case OvsDatapathAttribute.Stats:
                    stats = attribute.Payload;
                    break;
                case OvsDatapathAttribute.MegaflowStats:
                    megaflowStats = attribute.Payload;
                    break;
                case OvsDatapathAttribute.PerCpuPids when attribute.Payload.Length % sizeof(uint) != 0:
                    return OdpParseError.AttributeSize;
                default:
                    datapath = datapath.With(attribute);
                    break;
            }
        }

        parsed = stats.IsEmpty && megaflowStats.IsEmpty ? datapath : datapath with { Stats = DatapathStats.Read(stats, megaflowStats) };
        return OdpParseError.None;
    }

    /// <summary>Writes the message with its attributes in the kernel's order (<c>ovs_dp_cmd_fill_info</c>).</summary>
    public void Write(ref NetlinkWriter writer, ushort family, NetlinkFlags flags, uint sequence, uint portId = 0)
    {
        int start = OvsHeader.Begin(ref writer, family, flags, sequence, Command, OvsFamilyVersion.Datapath, IfIndex, portId);
        if (Name is not null)
            writer.PutString(OvsDatapathAttribute.Name, Name);
        if (UpcallPid is { } pid)
            writer.PutU32(OvsDatapathAttribute.UpcallPid, pid);
        if (Stats is { } stats)
            WriteStats(stats, ref writer);
        if (UserFeatures is { } features)
            writer.PutU32(OvsDatapathAttribute.UserFeatures, (uint)features);
        if (MasksCacheSize is { } size)
            writer.PutU32(OvsDatapathAttribute.MasksCacheSize, size);
        if (PerCpuPids.Count != 0)
            U32Array.Write(OvsDatapathAttribute.PerCpuPids, PerCpuPids, ref writer);
        writer.EndMessage(start);
    }

    private static void WriteStats(DatapathStats stats, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(OvsDatapathAttribute.Stats, DatapathStats.Length);
        if (!payload.IsEmpty)
            stats.WriteStats(payload);
        payload = writer.PutReserved(OvsDatapathAttribute.MegaflowStats, DatapathStats.Length);
        if (!payload.IsEmpty)
            stats.WriteMegaflowStats(payload);
    }

    private static int MinimumLength(ushort type) => type switch
    {
        OvsDatapathAttribute.Stats or OvsDatapathAttribute.MegaflowStats => DatapathStats.Length,
        OvsDatapathAttribute.UpcallPid or OvsDatapathAttribute.UserFeatures or OvsDatapathAttribute.MasksCacheSize => sizeof(uint),
        _ => 0,
    };

    private DatapathMessage With(NetlinkAttribute attribute) => attribute.Type switch
    {
        OvsDatapathAttribute.Name => this with { Name = NetlinkName.Read(attribute.Payload) },
        OvsDatapathAttribute.UpcallPid => this with { UpcallPid = attribute.U32 },
        OvsDatapathAttribute.UserFeatures => this with { UserFeatures = (OvsDatapathFeatures)attribute.U32 },
        OvsDatapathAttribute.MasksCacheSize => this with { MasksCacheSize = attribute.U32 },
        OvsDatapathAttribute.PerCpuPids => this with { PerCpuPids = U32Array.Read(attribute.Payload) },
        _ => this,
    };
}
