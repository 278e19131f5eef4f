using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Control;

/// <content>How many connections a zone may have.</content>
internal sealed partial class DatapathQuery
{
    /// <summary>65,536 zones and the default, each twelve bytes, are more than a request takes: ask for fewer.</summary>
    private const int CtLimitRequestLength = 60 << 10;

    /// <summary>The limits of zones, and the default as zone −1; of all zones with a limit if none is named.</summary>
    public IReadOnlyList<CtZoneLimit> GetCtLimits(IReadOnlyList<CtZoneLimit> zones)
    {
        IReadOnlyList<CtZoneLimit>? limits = null;
        // The kernel tells the default only when it is asked for, or when nothing is (ovs_ct_limit_cmd_get).
        IReadOnlyList<CtZoneLimit>? asked = zones.Count == 0 ? null : [new CtZoneLimit(-1, 0, 0), .. zones];
        AskCtLimits(OvsCtLimitCommand.Get, asked, "getting conntrack limits", message =>
        {
            OdpParseError error = CtLimitMessage.TryParse(message.Bytes, out CtLimitMessage? parsed);
            limits = Parsed(error, parsed).Limits;
        });
        return limits ?? throw new DatapathException("the datapath does not answer");
    }

    /// <summary>Sets limits; zone −1 is the default.</summary>
    public void SetCtLimits(IReadOnlyList<CtZoneLimit> limits) =>
        AskCtLimits(OvsCtLimitCommand.Set, limits, "setting conntrack limits");

    /// <summary>Gives zones the default again.</summary>
    public void DeleteCtLimits(IReadOnlyList<CtZoneLimit> zones) =>
        AskCtLimits(OvsCtLimitCommand.Delete, zones, "deleting conntrack limits");

    private void AskCtLimits(byte command, IReadOnlyList<CtZoneLimit>? limits, string doing, NetlinkAnswerHandler? read = null)
    {
        NetlinkWriter writer = _client.Writer(CtLimitRequestLength);
        // The kernel passes over the datapath's number, the limits being the network namespace's.
        new CtLimitMessage { Command = command, DatapathIfIndex = _datapath.IfIndex, Limits = limits }
            .Write(ref writer, _datapath.Families.CtLimit, NetlinkFlags.Request, 0);
        if (writer.Overflowed)
            throw new DatapathException($"{doing}: too many zones for one request", Errno.MessageSize);
        Ask(writer, doing, read);
    }
}
