using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>
/// The <c>ovs_ct_limit</c> family: <c>ovs_ct_limit_cmd_set</c>, <c>_del</c> and <c>_get</c>. Under the datapath's lock.
/// </summary>
internal sealed class CtLimitFamily(EmbeddedDatapathOptions options, PacketProcessor processor)
{
    private const int DefaultZone = -1;

    public Errno Handle(EmbeddedRequest request, AnswerQueue answers)
    {
        if (CtLimitMessage.TryParse(request.Message, out CtLimitMessage? parsed) != OdpParseError.None)
            return Errno.Invalid;
        switch (parsed!.Command)
        {
            case OvsCtLimitCommand.Set when parsed.Limits is { } limits:
                Set(limits);
                return Errno.None;
            case OvsCtLimitCommand.Delete when parsed.Limits is { } limits:
                Delete(limits);
                return Errno.None;
            case OvsCtLimitCommand.Get:
                Answer(request, parsed.Limits, answers);
                return Errno.None;
            default:
                return Errno.Invalid;
        }
    }

    /// <summary>A zone that there cannot be is passed over, as <c>ovs_ct_limit_set_zone_limit</c> does.</summary>
    private void Set(IReadOnlyList<CtZoneLimit> limits)
    {
        foreach (CtZoneLimit limit in limits)
        {
            if (limit.Zone == DefaultZone)
                processor.Connections.SetLimit(null, limit.Limit);
            else if (limit.Zone is >= 0 and <= ushort.MaxValue)
                processor.Connections.SetLimit((ushort)limit.Zone, limit.Limit);
        }
    }

    private void Delete(IReadOnlyList<CtZoneLimit> limits)
    {
        foreach (CtZoneLimit limit in limits)
        {
            if (limit.Zone == DefaultZone)
                processor.Connections.SetLimit(null, 0);
            else if (limit.Zone is >= 0 and <= ushort.MaxValue)
                processor.Connections.RemoveLimit((ushort)limit.Zone);
        }
    }

    private void Answer(EmbeddedRequest request, IReadOnlyList<CtZoneLimit>? asked, AnswerQueue answers)
    {
        ConnectionTracker connections = processor.Connections;
        var usual = new CtZoneLimit(DefaultZone, connections.LimitOf(null), 0);
        IEnumerable<CtZoneLimit> limits = asked is null
            ? connections.LimitedZones.Select(Of).Prepend(usual)
            : asked.Where(limit => limit.Zone is >= DefaultZone and <= ushort.MaxValue)
                .Select(limit => limit.Zone == DefaultZone ? usual : Of((ushort)limit.Zone));
        NetlinkWriter writer = answers.Writer();
        new CtLimitMessage { Command = OvsCtLimitCommand.Get, DatapathIfIndex = options.IfIndex, Limits = [.. limits] }
            .Write(ref writer, EmbeddedDatapath.FamilyIds.CtLimit, NetlinkFlags.None, request.Sequence);
        answers.Append(writer);

        CtZoneLimit Of(ushort zone) => new(zone, connections.LimitOf(zone), (uint)connections.CountOf(zone));
    }
}
