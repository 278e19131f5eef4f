namespace UpcallActors.OpenFlow;

/// <summary>The kinds of actions, for whoever does them.</summary>
internal enum ActionKind : byte
{
    /// <summary><see cref="OutputAction"/>.</summary>
    Output,

    /// <summary><see cref="OutputFieldAction"/>.</summary>
    OutputField,

    /// <summary><see cref="ControllerAction"/>.</summary>
    Controller,

    /// <summary><see cref="ResubmitAction"/>.</summary>
    Resubmit,

    /// <summary><see cref="GotoTableAction"/>.</summary>
    GotoTable,

    /// <summary><see cref="SetFieldAction"/>.</summary>
    SetField,

    /// <summary><see cref="ModifyAction"/>.</summary>
    Modify,

    /// <summary><see cref="ModifyPortAction"/>.</summary>
    ModifyPort,

    /// <summary><see cref="ModifyVlanAction"/>.</summary>
    ModifyVlan,

    /// <summary><see cref="SetTunnelAction"/>.</summary>
    SetTunnel,

    /// <summary><see cref="MoveAction"/>.</summary>
    Move,

    /// <summary><see cref="DecrementTtlAction"/>.</summary>
    DecrementTtl,

    /// <summary><see cref="PushVlanAction"/>.</summary>
    PushVlan,

    /// <summary><see cref="StripVlanAction"/>.</summary>
    StripVlan,

    /// <summary><see cref="ConntrackAction"/>.</summary>
    Conntrack,

    /// <summary><see cref="ConntrackClearAction"/>.</summary>
    ConntrackClear,

    /// <summary><see cref="CloneAction"/>.</summary>
    Clone,

    /// <summary><see cref="GroupAction"/>.</summary>
    Group,

    /// <summary><see cref="MeterAction"/>.</summary>
    Meter,
}
