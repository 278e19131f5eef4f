namespace UpcallActors.Ofproto;

/// <summary>How NORMAL treats VLAN tags at a port.</summary>
public enum VlanMode
{
    /// <summary>Tags stay as they are; <see cref="BridgePort.Trunks"/> says which VLANs the port carries.</summary>
    Trunk,

    /// <summary>The port belongs to <see cref="BridgePort.Vlan"/>; frames go in and out without a tag.</summary>
    Access,

    /// <summary>
    /// As <see cref="Trunk"/>; frames that come in without a VLAN belong to <see cref="BridgePort.Vlan"/>, and those of it go out tagged.
    /// </summary>
    NativeTagged,

    /// <summary>As <see cref="NativeTagged"/>, but frames of <see cref="BridgePort.Vlan"/> go out without its tag.</summary>
    NativeUntagged,

    /// <summary>
    /// The port belongs to <see cref="BridgePort.Vlan"/>, whose tag frames get around what tags they have when they come in, and lose
    /// when they go out; <see cref="BridgePort.Cvlans"/> says which VLANs may be within.
    /// </summary>
    Dot1qTunnel,
}
