namespace UpcallActors.OpenFlow;

/// <summary>What a flow change does (<c>OFPFC_*</c>).</summary>
public enum FlowCommand
{
    /// <summary>Adds a flow, in place of one with the same match and priority.</summary>
    Add = 0,

    /// <summary>Gives new actions to all flows whose match is within the given one; adds a flow if there are none.</summary>
    Modify = 1,

    /// <summary>Gives new actions to the flow with this match and priority; adds it if it is not there.</summary>
    ModifyStrict = 2,

    /// <summary>Removes all flows whose match is within the given one.</summary>
    Delete = 3,

    /// <summary>Removes the flow with this match and priority.</summary>
    DeleteStrict = 4,
}
