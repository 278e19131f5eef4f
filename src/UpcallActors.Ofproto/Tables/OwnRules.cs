using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The rules that a bridge has for itself in its last table, as Open vSwitch has them (<c>add_internal_flows</c>). They are in every
/// version, no change touches them, and only a dump of all rules shows them. Three of them are credited with packets for which there is
/// no other rule.
/// </summary>
internal sealed class OwnRules
{
    private static readonly ActionList _toController =
        ActionList.Of(new ControllerAction(ControllerRequest.Default with { Reason = ControllerReason.ImplicitMiss }, []));

    /// <param name="now">When they came, by the clock of their tables.</param>
    public OwnRules(TimeSpan now)
    {
        Missed = Make(now, 0, "reg0", 1, _toController);
        Dropped = Make(now, 0, "reg0", 2, ActionList.Empty);
        Fragments = Make(now, 0, "reg0", 3, ActionList.Empty);
        // Whatever comes to the last table without having been recirculated has run astray.
        All = [Make(now, 2, "recirc_id", 0, ActionList.Empty), Missed, Dropped, Fragments];
    }

    /// <summary>For packets that meet no rule and go to the controllers (<c>miss_rule</c>).</summary>
    public Rule Missed { get; }

    /// <summary>For packets that meet no rule and go nowhere (<c>no_packet_in_rule</c>).</summary>
    public Rule Dropped { get; }

    /// <summary>For fragments, where they are dropped (<c>drop_frags_rule</c>).</summary>
    public Rule Fragments { get; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Rule> All { get; }

    private static Rule Make(TimeSpan now, int priority, string field, uint value, ActionList actions)
    {
        var match = new MatchBuilder();
        match.Set(MatchFields.Get(field), value);
        return new Rule(FlowCheck.InternalTable, priority, match.Build(), actions) { Created = now, Modified = now };
    }
}
