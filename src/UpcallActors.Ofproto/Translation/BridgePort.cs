using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>A port of a bridge, as both OpenFlow and the datapath know it.</summary>
/// <param name="Number">The OpenFlow port number: below <see cref="OpenFlowPorts.Maximum"/>, or <see cref="OpenFlowPorts.Local"/>.</param>
/// <param name="DatapathPort">
/// The datapath's port number; unique among ports, tunnel ports apart, which share one, and patch ports, which have none.
/// </param>
/// <param name="Name">The interface's name.</param>
public sealed record BridgePort(uint Number, uint DatapathPort, string Name)
{
    /// <summary>The datapath's number of a port that it does not have (<c>ODPP_NONE</c>).</summary>
    internal const uint NoDatapathPort = uint.MaxValue;

    /// <summary>The largest L3 packet that the port sends, bytes.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Whether its device can send, so that groups which watch it may use it, unless it was set down since.</summary>
    internal bool IsLive { get; init; } = true;

    /// <summary>How NORMAL treats VLAN tags.</summary>
    public VlanMode VlanMode { get; init; }

    /// <summary>The VLAN of an access port, 0 if it has none.</summary>
    public ushort Vlan { get; init; }

    /// <summary>The VLANs that a trunk port carries; empty for all of them.</summary>
    public ImmutableArray<ushort> Trunks { get; init; } = [];

    /// <summary>The far end, if it is a tunnel.</summary>
    public TunnelPort? Tunnel { get; init; }

    /// <summary>The other end, if it is a patch port.</summary>
    internal PatchPort? Patch { get; init; }

    /// <summary>A patch port, which is no port of the datapath: how long packets are that it takes is the other bridge's to say.</summary>
    internal static BridgePort OfPatch(uint number, string name, PatchPort patch) =>
        new(number, NoDatapathPort, name) { Mtu = 0, Patch = patch };

    /// <summary>Whether the port takes part in a VLAN (<c>xbundle_includes_vlan</c>): an access port in its own only.</summary>
    internal bool Carries(ushort vlan) => VlanMode == VlanMode.Access ? vlan == Vlan : Trunks.IsEmpty || Trunks.Contains(vlan);

    /// <summary>Whether a frame with this VLAN may come in (<c>input_vid_is_valid</c>): no tagged one at an access port.</summary>
    internal bool Admits(ushort vlan) => VlanMode == VlanMode.Access ? vlan == 0 : Carries(vlan);
}
