using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Switch;

/// <content>Connections that the datapath tracks, options of tunnels, and what is not there to be counted.</content>
internal static partial class RequestHandlers
{
    private const uint MappedIpv4 = 0xffff;
    private const int Ipv4Bits = 32;

    private static IEnumerable<RequestRow> DatapathRows() =>
    [
        Change<ShortNumberMessage>(MessageType.CtFlushZone, FlushZone),
        Change<ConntrackFlushMessage>(MessageType.CtFlush, FlushConnections),
        Change<TlvTableModMessage>(MessageType.TlvTableMod, (request, asked) => request.Bridge.Options.Change(asked)),
        Row<EmptyMessage>(MessageType.TlvTableRequest, TellOptions),
        Row<EmptyMessage>(MessageType.IpfixBridgeStatsRequest, static (_, _) => StatsFailed.NotConfigured),
        Row<EmptyMessage>(MessageType.IpfixFlowStatsRequest, static (_, _) => StatsFailed.NotConfigured),
    ];

    private static OpenFlowError? FlushZone(BridgeRequest request, ShortNumberMessage zone) =>
        Flush(request, ConntrackMatch.Any, zone.Value);

    private static OpenFlowError? FlushConnections(BridgeRequest request, ConntrackFlushMessage asked) =>
        Flush(request, MatchOf(asked), asked.Zone);

    /// <summary>One that is not there is gone already (<c>ct_dpif_flush</c>'s ENOENT is no error to a controller).</summary>
    private static OpenFlowError? Flush(BridgeRequest request, ConntrackMatch match, ushort? zone)
    {
        if (request.Bridge.Conntrack is not { } conntrack)
            return BadRequest.NotPermitted;
        try
        {
            match.Flush(conntrack, zone);
            return null;
        }
        catch (DatapathException)
        {
            return BadRequest.NotPermitted;
        }
    }

    private static ConntrackMatch MatchOf(ConntrackFlushMessage asked)
    {
        bool? isIpv6 = null;
        foreach (UInt128 address in (ReadOnlySpan<UInt128>)
            [asked.Original.Source, asked.Original.Destination, asked.Reply.Source, asked.Reply.Destination])
        {
            if (address != 0)
                isIpv6 = (address >> Ipv4Bits) != MappedIpv4;
        }

        return new ConntrackMatch
        {
            IsIpv6 = isIpv6,
            Protocol = asked.Protocol == 0 ? null : asked.Protocol,
            Original = MatchOf(asked.Protocol, asked.Original),
            Reply = MatchOf(asked.Protocol, asked.Reply),
        };
    }

    /// <summary>What is 0 is not said; an ICMP query with an address or a number has all three.</summary>
    private static ConntrackTupleMatch MatchOf(byte protocol, in ConntrackFlushMessage.Tuple tuple)
    {
        if (tuple == default)
            return ConntrackTupleMatch.Any;
        bool isIcmp = protocol is IpProtocols.Icmp or IpProtocols.Icmpv6;
        return new ConntrackTupleMatch
        {
            Source = AddressOf(tuple.Source),
            Destination = AddressOf(tuple.Destination),
            SourcePort = isIcmp || tuple.SourcePort == 0 ? null : tuple.SourcePort,
            DestinationPort = isIcmp || tuple.DestinationPort == 0 ? null : tuple.DestinationPort,
            IcmpId = isIcmp ? tuple.IcmpId : null,
            IcmpType = isIcmp ? tuple.IcmpType : null,
            IcmpCode = isIcmp ? tuple.IcmpCode : null,
        };
    }

    private static UInt128? AddressOf(UInt128 address) =>
        address == 0 ? null : (address >> Ipv4Bits) == MappedIpv4 ? (uint)address : address;

    private static OpenFlowError? TellOptions(BridgeRequest request, EmptyMessage body)
    {
        request.Reply(
            MessageType.TlvTableReply, new TlvTableMessage(TlvTable.MostBytes, TlvTable.MostFields, request.Bridge.Options.Mappings));
        return null;
    }
}
