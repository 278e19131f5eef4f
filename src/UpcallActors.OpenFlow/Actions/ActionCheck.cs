namespace UpcallActors.OpenFlow;

/// <summary>
/// What is known of the packets that a flow's match lets through, as the actions before have changed them: each action is held against
/// it when the flow is added (<c>ofpacts_check</c>). A copy of it is for a list within the list.
/// </summary>
internal ref struct ActionCheck
{
    private readonly Flow _mask;
    private string? _needsOpenFlow10;
    private string? _needsOpenFlow11;
    private string? _vlanWithoutPresence;

    /// <summary>Starts with a match: its value, and its mask.</summary>
    public ActionCheck(in Flow value, in Flow mask, byte table, FlowFlags flags)
    {
        Packet = value;
        _mask = mask;
        Table = table;
        FlowFlags newer = flags & (FlowFlags.ResetCounts | FlowFlags.NoPacketCounts | FlowFlags.NoByteCounts);
        if (newer != FlowFlags.None)
            _needsOpenFlow11 = "a flag that OpenFlow 1.0 does not have";
    }

    /// <summary>The values that the match names; what it does not name is 0.</summary>
    public Flow Packet;

    /// <summary>The flow's table.</summary>
    public byte Table { get; }

    /// <summary>Whether there is a tag for certain.</summary>
    public readonly bool HasVlan => FieldPrerequisite.Vlan.Holds(Packet);

    /// <summary>Whether the packets have what a field needs (<c>mf_are_prereqs_ok</c>).</summary>
    public readonly bool Holds(FieldPrerequisite prerequisite) =>
        prerequisite == FieldPrerequisite.Connection ? prerequisite.HoldsForMatch(Packet, _mask) : prerequisite.Holds(Packet);

    /// <summary>A problem, if a field that an action reads or writes need not be there.</summary>
    public readonly ActionProblem? Require(MatchField field) => Holds(field.Prerequisite)
        ? null
        : new ActionProblem(BadAction.MatchInconsistent, $"{field.Name} needs {field.Prerequisite.Describe()} in the match");

    /// <summary>
    /// Notes an action that fits a flow of OpenFlow 1.0 only, which does nothing to packets that it is not for
    /// (<c>inconsistent_match</c>).
    /// </summary>
    public void NeedsOpenFlow10(string what, string without) => _needsOpenFlow10 ??= $"{what} without {without} in the match";

    /// <summary>Notes an action that OpenFlow 1.0 does not have.</summary>
    public void NeedsOpenFlow11(string what) => _needsOpenFlow11 ??= what;

    /// <summary>Notes a VLAN's number without OFPVID_PRESENT, which only OpenFlow 1.0 takes.</summary>
    public void WritesVlanWithoutPresence(string what) => _vlanWithoutPresence ??= what;

    /// <summary>Takes over what a list within the list has found, but not what it has done to its packets.</summary>
    public void Join(in ActionCheck inner)
    {
        _needsOpenFlow10 = inner._needsOpenFlow10;
        _needsOpenFlow11 = inner._needsOpenFlow11;
        _vlanWithoutPresence = inner._vlanWithoutPresence;
    }

    /// <summary>A problem, if no version of OpenFlow has room for all of it.</summary>
    public readonly ActionProblem? Finish()
    {
        if (_needsOpenFlow11 is not { } newer)
            return null;
        if (_needsOpenFlow10 is { } older)
            return new ActionProblem(BadAction.MatchInconsistent, $"{older} goes with OpenFlow 1.0 only, and not with {newer}");
        return _vlanWithoutPresence is { } vlan
            ? new ActionProblem(
                BadAction.BadSetArgument, $"invalid value for set field vlan_vid: {vlan}; with {newer} it wants 0x1000 added")
            : null;
    }
}
