using System.Globalization;
using System.Text;
using UpcallActors.Netlink;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary><c>dpctl/dump-conntrack</c> and <c>dpctl/flush-conntrack</c> (lib/dpctl.c, lib/ct-dpif.c).</summary>
internal sealed class ConntrackCommands(ControlContext context)
{
    private const string Zone = "zone=";

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpctl/dump-conntrack", "[-m] [-s] [dp] [zone=N]", 0, 4, Dump),
        new("dpctl/flush-conntrack", "[dp] [zone=N] [mark=X[/M]] [labels=Y[/N]] [ct-orig-tuple [ct-reply-tuple]]", 0, 6, Flush),
    ];

    private ControlReply Dump(IReadOnlyList<string> arguments)
    {
        if (DpctlOptions.Parse(arguments, out ControlReply? error) is not { } options)
            return error!;
        ushort? zone = null;
        IReadOnlyList<string> rest = options.RestBehind(context);
        if (rest.Count > 0 && rest[^1].StartsWith(Zone, StringComparison.Ordinal) && ushort.TryParse(rest[^1].AsSpan(Zone.Length), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
        {
            zone = number;
            rest = [.. rest.SkipLast(1)];
        }

        if (rest.Count > 0)
            return DpctlOptions.Error("datapath not found", Errno.Invalid);
        if (context.Datapath.Conntrack is not { } conntrack)
            return DpctlOptions.Error("starting conntrack dump", Errno.NotSupported);
        var text = new StringBuilder();
        foreach (ConntrackEntry entry in conntrack.Dump(zone))
            text.Append(ConntrackText.Format(entry, options.IsVerbose, options.ShowsStatistics, TimeZoneInfo.Local)).Append('\n');
        return ControlReply.Of(text);
    }

    private ControlReply Flush(IReadOnlyList<string> arguments)
    {
        if (DpctlOptions.Parse(arguments, out ControlReply? error) is not { } options)
            return error!;
        ushort? zone;
        ConntrackMatch match;
        try
        {
            (zone, match) = ConntrackMatchText.Parse(options.RestBehind(context));
        }
        catch (OdpTextException malformed)
        {
            return DpctlOptions.Error(malformed.Message, Errno.Invalid);
        }

        if (context.Datapath.Conntrack is not { } conntrack)
            return DpctlOptions.Error("failed to flush conntrack", Errno.NotSupported);
        return match.Flush(conntrack, zone) ? ControlReply.Empty : DpctlOptions.Error("failed to flush conntrack", Errno.NoEntry);
    }
}
