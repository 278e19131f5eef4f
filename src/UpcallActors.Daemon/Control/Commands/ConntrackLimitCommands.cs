using System.Globalization;
using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// How many connections there are and may be: <c>dpctl/ct-get-limits</c>, <c>ct-set-limits</c>, <c>ct-del-limits</c> by zone, over the
/// datapath's <c>ovs_ct_limit</c>; <c>ct-get-nconns</c>, <c>ct-get-maxconns</c>, <c>ct-set-maxconns</c> of all together, which the kernel's
/// datapath has not (lib/dpctl.c).
/// </summary>
internal sealed class ConntrackLimitCommands(ControlContext context)
{
    private const string Zone = "zone=";
    private const string Default = "default=";
    private const int DefaultZone = -1;

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpctl/ct-get-nconns", "[dp]", 0, 1, arguments => Number(arguments, "nconns", context.Datapath.Conntrack?.Count)),
        new("dpctl/ct-get-maxconns", "[dp]", 0, 1, arguments => Number(arguments, "maxconns", context.Datapath.Conntrack?.Most)),
        new("dpctl/ct-set-maxconns", "[dp] maxconns", 1, 2, SetMost),
        new("dpctl/ct-set-limits", "[dp] [default=L] [zone=N,limit=L]...", 1, int.MaxValue, SetLimits),
        new("dpctl/ct-del-limits", "[dp] zone=N1[,N2]...", 1, 2, DeleteLimits),
        new("dpctl/ct-get-limits", "[dp] [zone=N1[,N2]...]", 0, 2, GetLimits),
    ];

    private ControlReply Number(IReadOnlyList<string> arguments, string what, long? number)
    {
        if (Rest(arguments).Count > 0)
            return DpctlOptions.Error("datapath not found", Errno.Invalid);
        return number is { } known
            ? ControlReply.Of(known.ToString(CultureInfo.InvariantCulture))
            : DpctlOptions.Error($"{what} could not be retrieved", Errno.NotSupported);
    }

    private ControlReply SetMost(IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> rest = Rest(arguments);
        if (rest.Count != 1 || !uint.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint most))
            return DpctlOptions.Error("maxconns missing or malformed", Errno.Invalid);
        return context.Datapath.Conntrack?.TrySetMost(most) == true
            ? ControlReply.Of("setting maxconns successful")
            : DpctlOptions.Error("ct set maxconns failed", context.Datapath.Conntrack?.Most is null ? Errno.NotSupported : Errno.Invalid);
    }

    private ControlReply SetLimits(IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> rest = Rest(arguments);
        var limits = new List<CtZoneLimit>();
        for (int i = 0; i < rest.Count; i++)
        {
            string? problem;
            if (i == 0 && rest[i].StartsWith(Default, StringComparison.Ordinal))
            {
                problem = uint.TryParse(rest[i].AsSpan(Default.Length), NumberStyles.None, CultureInfo.InvariantCulture, out uint limit)
                    ? null : "invalid default limit";
                limits.Add(new CtZoneLimit(DefaultZone, limit, 0));
            }
            else
            {
                problem = ReadLimit(rest[i], out CtZoneLimit limit);
                limits.Add(limit);
            }

            if (problem is not null)
                return DpctlOptions.Error(problem, Errno.Invalid);
        }

        return Do("failed to set conntrack limit", query => query.SetCtLimits(limits));
    }

    private ControlReply DeleteLimits(IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> rest = Rest(arguments);
        if (ReadZones(rest, out List<CtZoneLimit> zones) is { } problem)
            return DpctlOptions.Error(problem, Errno.Invalid);
        if (zones.Count == 0)
            return DpctlOptions.Error("no zone is named", Errno.Invalid);
        return Do("failed to delete conntrack limit", query => query.DeleteCtLimits(zones));
    }

    private ControlReply GetLimits(IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> rest = Rest(arguments);
        if (ReadZones(rest, out List<CtZoneLimit> zones) is { } problem)
            return DpctlOptions.Error(problem, Errno.Invalid);
        var text = new StringBuilder();
        ControlReply done = Do("failed to get conntrack limit", query =>
        {
            IReadOnlyList<CtZoneLimit> limits = query.GetCtLimits(zones);
            uint usual = limits.FirstOrDefault(limit => limit.Zone == DefaultZone).Limit;
            text.Append(CultureInfo.InvariantCulture, $"default limit={usual}\n");
            foreach (CtZoneLimit limit in limits.Where(limit => limit.Zone != DefaultZone).OrderBy(limit => limit.Zone))
                text.Append(CultureInfo.InvariantCulture, $"zone={limit.Zone},limit={limit.Limit},count={limit.Count}\n");
        });
        return done.IsError ? done : ControlReply.Of(text);
    }

    /// <summary>What is behind the datapath's name; one that is not this one's is no argument of any command.</summary>
    private IReadOnlyList<string> Rest(IReadOnlyList<string> arguments) =>
        arguments.Count > 0 && DpctlOptions.IsDatapath(arguments[0], context) ? [.. arguments.Skip(1)] : arguments;

    private ControlReply Do(string doing, Action<DatapathQuery> work)
    {
        if (context.Datapath.Families.CtLimit == 0)
            return DpctlOptions.Error(doing, Errno.NotSupported);
        using var query = new DatapathQuery(context.Datapath);
        try
        {
            work(query);
            return ControlReply.Empty;
        }
        catch (DatapathException refused) when (refused.Error != Errno.None)
        {
            return DpctlOptions.Error(doing, refused.Error);
        }
    }

    /// <summary>Reads <c>zone=N,limit=L</c> (<c>ct_dpif_parse_zone_limit_tuple</c>).</summary>
    private static string? ReadLimit(string text, out CtZoneLimit limit)
    {
        ushort? zone = null;
        uint? most = null;
        limit = default;
        foreach (string field in text.Split(','))
        {
            string[] parts = field.Split('=', 2);
            string value = parts.Length == 2 ? parts[1] : "";
            if (parts[0] is not ("zone" or "limit"))
                return $"invalid zone limit field: {parts[0]}";
            if (parts[0] == "zone" && ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
                zone = number;
            else if (parts[0] == "limit" && uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint count))
                most = count;
            else
                return $"failed to parse field {parts[0]}";
        }

        if (zone is null || most is null)
            return "failed to parse zone limit";
        limit = new CtZoneLimit(zone.Value, most.Value, 0);
        return null;
    }

    /// <summary>Reads <c>zone=N1,N2</c>; nothing is no zones.</summary>
    private static string? ReadZones(IReadOnlyList<string> rest, out List<CtZoneLimit> zones)
    {
        zones = [];
        if (rest.Count == 0)
            return null;
        if (rest.Count > 1)
            return "datapath not found";
        if (!rest[0].StartsWith(Zone, StringComparison.Ordinal))
            return $"invalid argument {rest[0]}";
        foreach (string text in rest[0][Zone.Length..].Split(','))
        {
            if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort zone))
                return "invalid zone";
            zones.Add(new CtZoneLimit(zone, 0, 0));
        }

        return null;
    }
}
