namespace UpcallActors.Ofproto;

/// <summary>How NORMAL treats VLAN tags at a port.</summary>
public enum VlanMode
{
    /// <summary>Tags stay as they are; <see cref="BridgePort.Trunks"/> says which VLANs the port carries.</summary>
    Trunk,

    /// <summary>The port belongs to <see cref="BridgePort.Vlan"/>; frames go in and out without a tag.</summary>
    Access,
}
