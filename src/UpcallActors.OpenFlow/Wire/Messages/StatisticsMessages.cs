namespace UpcallActors.OpenFlow;

/// <summary>What groups a switch can have (<c>OFPMP_GROUP_FEATURES</c>); four numbers are one for each type.</summary>
internal sealed record GroupFeaturesMessage(
    uint Types, uint Capabilities, GroupFeaturesMessage.ByType MaximumGroups, GroupFeaturesMessage.ByType Actions)
    : OpenFlowMessage, IWireDecoder<GroupFeaturesMessage>
{
    /// <summary>A number for each type of group.</summary>
    internal readonly record struct ByType(uint All, uint Select, uint Indirect, uint FastFailover);

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out GroupFeaturesMessage? message)
    {
        message = new GroupFeaturesMessage(body.U32(), body.U32(), Read(ref body), Read(ref body));
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U32(Types);
        writer.U32(Capabilities);
        Write(writer, MaximumGroups);
        Write(writer, Actions);
    }

    private static ByType Read(ref WireReader body) => new(body.U32(), body.U32(), body.U32(), body.U32());

    private static void Write(WireWriter writer, in ByType numbers)
    {
        writer.U32(numbers.All);
        writer.U32(numbers.Select);
        writer.U32(numbers.Indirect);
        writer.U32(numbers.FastFailover);
    }
}

/// <summary>What an exporter of IPFIX counted (<c>NXST_IPFIX_*</c>).</summary>
internal sealed record IpfixStatistics : IWireDecoder<IpfixStatistics>, IWireEntry
{
    public ulong TotalFlows { get; init; }

    public ulong CurrentFlows { get; init; }

    public ulong Packets { get; init; }

    public ulong Ipv4Packets { get; init; }

    public ulong Ipv6Packets { get; init; }

    public ulong ErrorPackets { get; init; }

    public ulong Ipv4ErrorPackets { get; init; }

    public ulong Ipv6ErrorPackets { get; init; }

    public ulong SentPackets { get; init; }

    public ulong SendErrors { get; init; }

    public uint CollectorSetId { get; init; }

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out IpfixStatistics? message)
    {
        message = new IpfixStatistics
        {
            TotalFlows = body.U64(),
            CurrentFlows = body.U64(),
            Packets = body.U64(),
            Ipv4Packets = body.U64(),
            Ipv6Packets = body.U64(),
            ErrorPackets = body.U64(),
            Ipv4ErrorPackets = body.U64(),
            Ipv6ErrorPackets = body.U64(),
            SentPackets = body.U64(),
            SendErrors = body.U64(),
            CollectorSetId = body.U32(),
        };
        body.Skip(sizeof(uint));
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        foreach (ulong counter in (ReadOnlySpan<ulong>)
            [TotalFlows, CurrentFlows, Packets, Ipv4Packets, Ipv6Packets, ErrorPackets, Ipv4ErrorPackets, Ipv6ErrorPackets, SentPackets,
            SendErrors])
            writer.U64(counter);
        writer.U32(CollectorSetId);
        writer.Zero(sizeof(uint));
    }
}

/// <summary>What flows counted together (<c>OFPST_AGGREGATE</c>, <c>NXST_AGGREGATE</c>).</summary>
internal sealed record AggregateMessage(ulong Packets, ulong Bytes, uint Flows) : OpenFlowMessage, IWireDecoder<AggregateMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out AggregateMessage? message)
    {
        message = null;
        if (context.Version >= OpenFlowVersion.V15)
        {
            if (FlowCounters.Decode(ref body, out FlowCounters counters) is { } error)
                return error;
            message = new AggregateMessage(counters.Packets, counters.Bytes, counters.Flows);
            return null;
        }

        message = new AggregateMessage(body.U64(), body.U64(), body.U32());
        body.Skip(sizeof(uint));
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        if (context.Version >= OpenFlowVersion.V15)
        {
            (FlowCounters.Unknown with { Packets = Packets, Bytes = Bytes, Flows = Flows }).Encode(writer);
            return;
        }

        writer.U64(Packets);
        writer.U64(Bytes);
        writer.U32(Flows);
        writer.Zero(sizeof(uint));
    }
}
