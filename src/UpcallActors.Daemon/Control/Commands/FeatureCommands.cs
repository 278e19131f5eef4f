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
    /// <summary>
    /// By the names of <c>DPIF_SUPPORT_FIELDS</c> and <c>ODP_SUPPORT_FIELDS</c>, in the order in which Open vSwitch prints them.
    /// </summary>
    private static readonly Feature[] _features =
    [
        Number("sample_nesting", "Sample nesting", of => of.SampleNesting, (of, most) => of with { SampleNesting = most }),
        Flag("clone", "Clone action", of => of.CloneAction, (of, has) => of with { CloneAction = has }),
        Flag("ufid", "Ufid", of => of.Ufid, change: null),
        Flag("lb_output_action", "Optimized Balance TCP mode", _ => false, (of, _) => of),
        Flag("nd_ext", "IPv6 ND Extension", _ => false, (of, _) => of),
        Flag("ct_orig_tuple", "CT orig tuple", of => of.CtOrigTuple, (of, has) => of with { CtOrigTuple = has }),
        Flag("tnl_push_pop", "Tunnel push pop", _ => false, (of, _) => of),
        Flag("ct_eventmask", "Conntrack eventmask", of => of.CtEventMask, (of, has) => of with { CtEventMask = has }),
        Flag("ct_state", "CT state", of => of.CtState, (of, has) => of with { CtState = has }),
        Flag("ct_zero_snat", "Conntrack all-zero IP SNAT", of => of.CtZeroSnat, (of, has) => of with { CtZeroSnat = has }),
        Flag("ct_clear", "Conntrack clear", of => of.CtClear, (of, has) => of with { CtClear = has }),
        Number("max_vlan_headers", "Max VLAN headers", of => of.MaxVlanHeaders, change: null),
        Flag("recirc", "Recirc", of => of.Recirc, (of, has) => of with { Recirc = has }),
        Flag("ct_label", "CT label", of => of.CtLabel, (of, has) => of with { CtLabel = has }),
        Number("max_hash_alg", "Max dp_hash algorithm", of => of.MaxHashAlgorithm, (of, most) => of with { MaxHashAlgorithm = most }),
        Flag("add_mpls", "MPLS Label add", of => of.AddMpls, (of, has) => of with { AddMpls = has }),
        Flag("ct_state_nat", "CT state NAT", of => of.CtStateNat, (of, has) => of with { CtStateNat = has }),
        Flag("ct_timeout", "Conntrack timeout policy", of => of.CtTimeout, (of, has) => of with { CtTimeout = has }),
        Flag("explicit_drop_action", "Explicit Drop action", of => of.ExplicitDrop, (of, has) => of with { ExplicitDrop = has }),
        Flag("ct_mark", "CT mark", of => of.CtMark, (of, has) => of with { CtMark = has }),
        Flag("ct_orig_tuple6", "CT orig tuple for IPv6", of => of.CtOrigTuple6, (of, has) => of with { CtOrigTuple6 = has }),
        Number("max_mpls_depth", "Max MPLS depth", of => of.MaxMplsDepth, (of, most) => of with { MaxMplsDepth = most }),
        Flag("masked_set_action", "Masked set action", of => of.MaskedSet, (of, has) => of with { MaskedSet = has }),
        Flag("check_pkt_len", "Check pkt length action", of => of.CheckPktLen, (of, has) => of with { CheckPktLen = has }),
        Flag("ct_zone", "CT zone", of => of.CtZone, (of, has) => of with { CtZone = has }),
        Flag("trunc", "Truncate action", of => of.Trunc, (of, has) => of with { Trunc = has }),
    ];

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpif/set-dp-features", "bridge", 1, 3, Set),
        // Hidden, as in Open vSwitch, which has it where the kernel's datapath is used.
        new("dpif-netlink/dispatch-mode", null, 0, 0, _ => ShowDispatch()),
    ];

    private static Feature Flag(
        string name, string title, Func<DatapathSupport, bool> has, Func<DatapathSupport, bool, DatapathSupport>? change) =>
        new(name, title, IsNumber: false, support => has(support) ? 1 : 0,
            change is null ? null : (support, value) => change(support, value != 0));

    private static Feature Number(
        string name, string title, Func<DatapathSupport, int> most, Func<DatapathSupport, int, DatapathSupport>? change) =>
        new(name, title, IsNumber: true, most, change);

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
        if (!TryRead(found, arguments[2], out int wanted, out string problem))
            return ControlReply.Of(problem);
        return wanted <= found.Of(context.Datapath.Support)
            ? Change(found, wanted)
            : ControlReply.Of(found.IsNumber
                ? "Can not set value beyond the datapath capability"
                : "Can not enable features not supported by the datapath");
    }

    /// <summary>A feature that would be used all the same is not said to be off.</summary>
    private ControlReply Change(Feature feature, int wanted)
    {
        if (feature.Change is { } change)
            context.Translators.ChangeSupport(support => support with { Features = change(support.Features, wanted) });
        else if (wanted != feature.Of(context.Translators.Support.Features))
            return ControlReply.Error($"{feature.Name} cannot be changed: the daemon always uses what the datapath supports");
        return ControlReply.Empty;
    }

    private static bool TryRead(Feature feature, string text, out int value, out string problem)
    {
        if (feature.IsNumber)
        {
            bool isNumber = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
            problem = isNumber ? "Negative number not expected" : "Integer number expected";
            return isNumber && value >= 0;
        }

        problem = "Boolean value expected";
        value = text.Equals("true", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        return value == 1 || text.Equals("false", StringComparison.OrdinalIgnoreCase);
    }

    private string Line(Feature feature)
    {
        string now = feature.Text(feature.Of(context.Translators.Support.Features));
        return $"{feature.Name} ({feature.Title}) : [run time]:{now}, [boot time]:{feature.Text(feature.Of(context.Datapath.Support))}";
    }

    private ControlReply ShowDispatch()
    {
        IDatapath datapath = context.Datapath;
        return datapath.Dispatch == DispatchMode.ByFlow
            ? ControlReply.Error($"the {datapath.Type} datapath chooses the handler {datapath.Dispatch.Words()}")
            : ControlReply.Of($"{datapath.Name}: {datapath.Dispatch.Words()} dispatch mode");
    }

    /// <summary>A feature; a number is itself; yes and no are 1 and 0.</summary>
    /// <param name="Name">Its name in the command.</param>
    /// <param name="Title">What it is called in a list.</param>
    /// <param name="IsNumber">Whether it is a number.</param>
    /// <param name="Of">How much of it there is.</param>
    /// <param name="Change">The same with another value of it; null where we could not do without.</param>
    private sealed record Feature(
        string Name, string Title, bool IsNumber, Func<DatapathSupport, int> Of, Func<DatapathSupport, int, DatapathSupport>? Change)
    {
        public string Text(int value) => IsNumber ? value.ToString(CultureInfo.InvariantCulture) : value != 0 ? "true" : "false";
    }
}
