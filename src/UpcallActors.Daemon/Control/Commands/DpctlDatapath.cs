using System.Globalization;
using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp.Text;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// The <c>dpctl/</c> commands about a datapath as a whole, and those that only the userspace datapath of Open vSwitch carries out: here
/// they answer as they do over the kernel's.
/// </summary>
internal sealed class DpctlDatapath(ControlContext context)
{
    private const string OnlyUserspace = "Command is available for UserSpace ConnTracker only.";

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpctl/cache-get-size", "[dp]", 0, 1, ShowCaches),
        new("dpctl/parse-actions", "actions", 1, int.MaxValue, ParseActions),
        new("dpctl/ct-bkts", "[dp] [gt=N]", 0, 2, _ => ControlReply.Of(OnlyUserspace)),
        .. Unsupported(
            ("dpctl/cache-set-size", "dp cache <size>", 3, 3, "Setting caches"),
            ("dpctl/offload-stats-show", "[dp]", 0, 1, "retrieving offload statistics"),
            ("dpctl/ct-enable-tcp-seq-chk", "[dp]", 0, 1, "enabling TCP sequence checking failed"),
            ("dpctl/ct-disable-tcp-seq-chk", "[dp]", 0, 1, "disabling TCP sequence checking failed"),
            ("dpctl/ct-get-tcp-seq-chk", "[dp]", 0, 1, "TCP sequence checking query failed"),
            ("dpctl/ipf-set-enabled", "[dp] v4|v6", 1, 2, "enabling fragmentation reassembly failed"),
            ("dpctl/ipf-set-disabled", "[dp] v4|v6", 1, 2, "disabling fragmentation reassembly failed"),
            ("dpctl/ipf-set-min-frag", "[dp] v4|v6 minfragment", 2, 3, "requested minimum fragment size too small; see documentation"),
            ("dpctl/ipf-set-max-nfrags", "[dp] maxfrags", 1, 2, "setting maximum fragments failed"),
            ("dpctl/ipf-get-status", "[dp]", 0, 1, "ipf status could not be retrieved")),
        // Datapath and ports are the configuration's: what was added beside it would go at the next look.
        .. Configured(("dpctl/add-dp", "dp [iface...]", 1), ("dpctl/del-dp", "dp", 1)),
        .. Configured(("dpctl/add-if", "dp iface...", 2), ("dpctl/del-if", "dp iface...", 2), ("dpctl/set-if", "dp iface...", 2)),
    ];

    private static IEnumerable<ControlCommand> Unsupported(params (string Name, string Usage, int Min, int Max, string Error)[] commands) =>
        commands.Select(command => new ControlCommand(
            command.Name, command.Usage, command.Min, command.Max, _ => DpctlOptions.Error(command.Error, Errno.NotSupported)));

    private static IEnumerable<ControlCommand> Configured(params (string Name, string Usage, int Min)[] commands) =>
        commands.Select(command => new ControlCommand(command.Name, command.Usage, command.Min, int.MaxValue, _ =>
            DpctlOptions.Error("datapath and ports follow the configuration: change that and reload", Errno.NotSupported)));

    private ControlReply ShowCaches(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 1 && !DpctlOptions.IsDatapath(arguments[0], context))
            return DpctlOptions.Error("datapath not found", Errno.Invalid);
        using var query = new DatapathQuery(context.Datapath);
        var text = new StringBuilder($"{context.FullName}:\n");
        if (query.GetDatapath().MasksCacheSize is { } size)
            text.Append(CultureInfo.InvariantCulture, $"  caches:\n    masks-cache: size:{size}\n");
        return ControlReply.Of(text);
    }

    /// <summary>Reads actions and prints them again, each argument by itself.</summary>
    private ControlReply ParseActions(IReadOnlyList<string> arguments)
    {
        using var query = new DatapathQuery(context.Datapath);
        OdpPortNames names = PortDescription.Names(query.GetPorts());
        var text = new StringBuilder();
        foreach (string actions in arguments)
        {
            try
            {
                text.Append(ActionText.Format(ActionText.Parse(actions, names), null)).Append('\n');
            }
            catch (OdpTextException)
            {
                return DpctlOptions.Error("odp_actions_from_string", Errno.Invalid);
            }
        }

        return ControlReply.Of(text);
    }
}
