using System.Globalization;
using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary><c>dpctl/show</c> and <c>dpctl/dump-dps</c> (<c>show_dpif</c> in lib/dpctl.c).</summary>
internal sealed class DpctlShow(ControlContext context)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpctl/show", "[-s] [dp...]", 0, int.MaxValue, Show),
        new("dpctl/dump-dps", "", 0, 0, _ => ControlReply.Of(context.FullName)),
    ];

    private ControlReply Show(IReadOnlyList<string> arguments)
    {
        if (DpctlOptions.Parse(arguments, out ControlReply? error) is not { } options)
            return error!;
        using var query = new DatapathQuery(context.Datapath);
        var text = new StringBuilder();
        bool isError = false;
        foreach (string name in options.Rest.Count == 0 ? [context.FullName] : options.Rest)
        {
            if (DpctlOptions.IsDatapath(name, context))
            {
                Append(text, query.GetDatapath(), query.GetPorts(), options.ShowsStatistics);
                continue;
            }

            text.Append(DpctlOptions.Line($"opening datapath {name} failed", Errno.NoDevice));
            isError = true;
        }

        return isError ? ControlReply.Error(text.ToString()) : ControlReply.Of(text);
    }

    private void Append(StringBuilder text, DatapathMessage datapath, IReadOnlyList<VportMessage> ports, bool withStatistics)
    {
        text.Append(CultureInfo.InvariantCulture, $"{context.FullName}:\n");
        if (datapath.Stats is { } stats)
        {
            ulong packets = stats.Hit + stats.Missed;
            double masksPerPacket = packets == 0 ? 0 : (double)stats.MaskHit / packets;
            double hitRate = packets == 0 ? 0 : 100.0 * stats.CacheHit / packets;
            text.Append(CultureInfo.InvariantCulture,
                $"  lookups: hit:{stats.Hit} missed:{stats.Missed} lost:{stats.Lost}\n  flows: {stats.Flows}\n");
            text.Append(CultureInfo.InvariantCulture, $"  masks: hit:{stats.MaskHit} total:{stats.Masks} hit/pkt:{masksPerPacket:F2}\n");
            // Older kernels do not count this, and report 0 (dpif_netlink_get_stats).
            if (stats.CacheHit != 0)
                text.Append(CultureInfo.InvariantCulture, $"  cache: hit:{stats.CacheHit} hit-rate:{hitRate:F2}%\n");
        }

        if (datapath.MasksCacheSize is { } size)
            text.Append(CultureInfo.InvariantCulture, $"  caches:\n    masks-cache: size:{size}\n");
        foreach (VportMessage port in ports)
        {
            text.Append(CultureInfo.InvariantCulture, $"  port {port.PortNo}: {port.Name}{PortDescription.Suffix(port)}\n");
            if (withStatistics && port.Stats is { } counters)
                AppendStatistics(text, counters, port.UpcallStats);
        }
    }

    /// <summary>What a datapath does not count of a port is a question mark, as for Open vSwitch's own tunnel ports.</summary>
    private static void AppendStatistics(StringBuilder text, in VportStats port, (ulong Success, ulong Fail)? upcalls)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"    RX packets:{port.RxPackets} errors:{port.RxErrors} dropped:{port.RxDropped} overruns:? frame:?\n");
        text.Append(CultureInfo.InvariantCulture,
            $"    TX packets:{port.TxPackets} errors:{port.TxErrors} dropped:{port.TxDropped} aborted:? carrier:?\n");
        text.Append("    collisions:?\n");
        text.Append(CultureInfo.InvariantCulture,
            $"    RX bytes:{port.RxBytes}{Human(port.RxBytes)}  TX bytes:{port.TxBytes}{Human(port.TxBytes)}\n");
        if (upcalls is { } counted)
            text.Append(CultureInfo.InvariantCulture, $"    UPCALL packets:{counted.Success} errors:{counted.Fail}\n");
    }

    private static string Human(ulong bytes)
    {
        ReadOnlySpan<string> units = ["TiB", "GiB", "MiB", "KiB"];
        for (int unit = 0; unit < units.Length; unit++)
        {
            ulong size = 1UL << (10 * (units.Length - unit));
            if (bytes >= size)
                return string.Create(CultureInfo.InvariantCulture, $" ({(double)bytes / size:F1} {units[unit]})");
        }

        return "";
    }
}
