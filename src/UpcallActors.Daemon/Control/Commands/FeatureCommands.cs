using System.Globalization;
using UpcallActors.Odp;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// <c>dpif/set-dp-features</c>, which shows and changes what translations make use of (<c>dpif_set_support</c> in ofproto-dpif.c), and
/// <c>dpif-netlink/dispatch-mode</c>.
/// </summary>
internal sealed class FeatureCommands(ControlContext context)
{
    private static readonly Feature _checkPktLen = Of("check_pkt_len", "Check pkt length action", support => support.CheckPktLen);

    /// <summary>
    /// By the names of <c>DPIF_SUPPORT_FIELDS</c> and <c>ODP_SUPPORT_FIELDS</c>, in the order in which Open vSwitch prints them.
    /// </summary>
    private static readonly Feature[] _features =
    [
        new("sample_nesting", "Sample nesting", support => support.SampleNesting, IsNumber: true),
        Of("clone", "Clone action", support => support.CloneAction),
        Of("ufid", "Ufid", support => support.Ufid),
        Of("lb_output_action", "Optimized Balance TCP mode", _ => false),
        Of("nd_ext", "IPv6 ND Extension", _ => false),
        Of("ct_orig_tuple", "CT orig tuple", support => support.CtOrigTuple),
        Of("tnl_push_pop", "Tunnel push pop", _ => false),
        Of("ct_eventmask", "Conntrack eventmask", support => support.CtEventMask),
        Of("ct_state", "CT state", support => support.CtState),
        Of("ct_zero_snat", "Conntrack all-zero IP SNAT", support => support.CtStateNat),
        Of("ct_clear", "Conntrack clear", support => support.CtClear),
        new("max_vlan_headers", "Max VLAN headers", support => support.MaxVlanHeaders, IsNumber: true),
        Of("recirc", "Recirc", support => support.Recirc),
        Of("ct_label", "CT label", support => support.CtLabel),
        new("max_hash_alg", "Max dp_hash algorithm", support => support.MaxHashAlgorithm, IsNumber: true),
        Of("add_mpls", "MPLS Label add", support => support.AddMpls),
        Of("ct_state_nat", "CT state NAT", support => support.CtStateNat),
        Of("ct_timeout", "Conntrack timeout policy", support => support.CtTimeout),
        Of("explicit_drop_action", "Explicit Drop action", support => support.ExplicitDrop),
        Of("ct_mark", "CT mark", support => support.CtMark),
        Of("ct_orig_tuple6", "CT orig tuple for IPv6", support => support.CtOrigTuple6),
        new("max_mpls_depth", "Max MPLS depth", support => support.MaxMplsDepth, IsNumber: true),
        Of("masked_set_action", "Masked set action", support => support.MaskedSet),
        _checkPktLen,
        Of("ct_zone", "CT zone", support => support.CtZone),
        Of("trunc", "Truncate action", support => support.Trunc),
    ];

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpif/set-dp-features", "bridge", 1, 3, Set),
        // Hidden, as in Open vSwitch, which has it where the kernel's datapath is used.
        new("dpif-netlink/dispatch-mode", null, 0, 0, _ => ShowDispatch()),
    ];

    private static Feature Of(string name, string title, Func<DatapathSupport, bool> has) =>
        new(name, title, support => has(support) ? 1 : 0, IsNumber: false);

    /// <summary>The answers to a name or value that is none are no errors in Open vSwitch.</summary>
    private ControlReply Set(IReadOnlyList<string> arguments)
    {
        if (!context.TryGetBridge(arguments[0], out _))
            return BridgeLookup.NoSuchBridge;
        if (arguments.Count == 1)
            return ControlReply.Of(string.Join('\n', _features.Select(Line)));
        if (Array.Find(_features, feature => feature.Name == arguments[1]) is not { } found)
            return ControlReply.Of("Unexpected support field");
        if (arguments.Count == 2)
            return ControlReply.Of(Line(found));
        if (!TryRead(found, arguments[2], out int wanted))
            return ControlReply.Of(found.IsNumber ? "Integer number expected" : "Boolean value expected");
        if (wanted > found.Of(context.Datapath.Support))
            return ControlReply.Of("Can not set value beyond the datapath capability");
        return Change(found, wanted);
    }

    /// <summary>
    /// Translations do not ask about these features, so a change would have no effect. It is refused instead of accepted silently.
    /// </summary>
    private ControlReply Change(Feature feature, int wanted)
    {
        if (feature == _checkPktLen)
            context.Translators.ChangeSupport(support => support with { CheckPktLen = wanted != 0 });
        else if (wanted != NowOf(feature))
            return ControlReply.Error($"{feature.Name} cannot be changed: translations always use what the datapath supports");
        return ControlReply.Empty;
    }

    private static bool TryRead(Feature feature, string text, out int value)
    {
        if (feature.IsNumber)
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        value = text.Equals("true", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        return value == 1 || text.Equals("false", StringComparison.OrdinalIgnoreCase);
    }

    private int AtStart(Feature feature) => feature.Of(context.Datapath.Support);

    private int NowOf(Feature feature) =>
        feature == _checkPktLen && !context.Translators.Support.CheckPktLen ? 0 : AtStart(feature);

    private string Line(Feature feature) =>
        $"{feature.Name} ({feature.Title}) : [run time]:{feature.Text(NowOf(feature))}, [boot time]:{feature.Text(AtStart(feature))}";

    private ControlReply ShowDispatch()
    {
        IDatapath datapath = context.Datapath;
        return datapath.Dispatch == DispatchMode.ByFlow
            ? ControlReply.Error($"the {datapath.Type} datapath chooses the handler {datapath.Dispatch.Words()}")
            : ControlReply.Of($"{datapath.Name}: {datapath.Dispatch.Words()} dispatch mode");
    }

    /// <summary>A feature; a number is itself; yes and no are 1 and 0.</summary>
    private sealed record Feature(string Name, string Title, Func<DatapathSupport, int> Of, bool IsNumber)
    {
        public string Text(int value) => IsNumber ? value.ToString(CultureInfo.InvariantCulture) : value != 0 ? "true" : "false";
    }
}
