namespace UpcallActors.OpenFlow;

/// <summary>What it takes to write actions in a version that says them otherwise than they were said.</summary>
/// <param name="Version">The version.</param>
/// <param name="HasVlan">Whether the flow's packets have a tag, so that writing a VLAN's number needs to bring none.</param>
/// <param name="Protocol">The flow's IP protocol, 0 for any: which field a port is since 1.2.</param>
internal readonly record struct ActionWriting(OpenFlowVersion Version, bool HasVlan = false, byte Protocol = 0)
{
    /// <summary>For the actions of a flow with a match.</summary>
    public static ActionWriting Of(OpenFlowVersion version, Match match)
    {
        Flow value = match.ToValue();
        return new ActionWriting(version, FieldPrerequisite.Vlan.Holds(value), value.Key.NwProto);
    }

    /// <summary>For the actions behind one, which may have brought a tag or taken it away (<c>ofpact_check__</c>).</summary>
    public ActionWriting Behind(OpenFlowAction action) => action switch
    {
        PushVlanAction or ModifyVlanAction { AddsTag: true } => this with { HasVlan = true },
        StripVlanAction => this with { HasVlan = false },
        _ => this,
    };
}
