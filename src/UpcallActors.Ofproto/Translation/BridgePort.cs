using System.Collections.Immutable;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

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

    /// <summary>The VLAN of a port that is no trunk, 0 if it has none.</summary>
    public ushort Vlan { get; init; }

    /// <summary>
    /// The VLANs that a trunk port carries; empty for all of them. A port with a native VLAN carries that in any case, and then VLAN 0
    /// never.
    /// </summary>
    public ImmutableArray<ushort> Trunks { get; init; } = [];

    /// <summary>
    /// The VLANs that may be within that of a <see cref="VlanMode.Dot1qTunnel"/> port, 0 for none; empty for all of them.
    /// </summary>
    public ImmutableArray<ushort> Cvlans { get; init; } = [];

    /// <summary>The type of the tag that a <see cref="VlanMode.Dot1qTunnel"/> port gives: 0x88a8 (802.1ad) or 0x8100 (802.1Q).</summary>
    public ushort QinqEthtype { get; init; } = EtherTypes.ServiceVlan;

    /// <summary>Whether frames without a VLAN go out with their priority in a tag.</summary>
    public PriorityTags PriorityTags { get; init; }

    /// <summary>Whether nothing goes from here to another protected port.</summary>
    public bool IsProtected { get; init; }

    /// <summary>The far end, if it is a tunnel.</summary>
    public TunnelPort? Tunnel { get; init; }

    /// <summary>The other end, if it is a patch port.</summary>
    internal PatchPort? Patch { get; init; }

    /// <summary>A patch port, which is no port of the datapath: how long packets are that it takes is the other bridge's to say.</summary>
    internal static BridgePort OfPatch(uint number, string name, PatchPort patch) =>
        new(number, NoDatapathPort, name) { Mtu = 0, Patch = patch };

    /// <summary>Whether what is within a VLAN counts for <see cref="CarriesWithin"/>.</summary>
    internal bool LooksWithin => VlanMode == VlanMode.Access || (VlanMode == VlanMode.Dot1qTunnel && !Cvlans.IsEmpty);

    /// <summary>Whether the port takes part in a VLAN, whatever is within (<c>xbundle_includes_vlan</c>, <c>bundle_set</c>).</summary>
    internal bool Carries(ushort vlan) => VlanMode switch
    {
        VlanMode.Access or VlanMode.Dot1qTunnel => vlan == Vlan,
        VlanMode.NativeTagged or VlanMode.NativeUntagged when Vlan != 0 => vlan == Vlan || (vlan != 0 && IsIn(Trunks, vlan)),
        _ => IsIn(Trunks, vlan),
    };

    /// <summary>Whether the port takes part with a VLAN, or 0 for none, within one that it carries.</summary>
    internal bool CarriesWithin(ushort inner) => VlanMode switch
    {
        VlanMode.Access => inner == 0,
        VlanMode.Dot1qTunnel => IsIn(Cvlans, inner),
        _ => true,
    };

    /// <summary>Whether a frame with this VLAN may come in (<c>input_vid_is_valid</c>): no tagged one at an access port.</summary>
    internal bool Admits(ushort vlan) => VlanMode switch
    {
        VlanMode.Access => vlan == 0,
        VlanMode.Dot1qTunnel => IsIn(Cvlans, vlan),
        VlanMode.NativeTagged or VlanMode.NativeUntagged when vlan == 0 => true,
        _ => Carries(vlan),
    };

    private static bool IsIn(ImmutableArray<ushort> vlans, ushort vlan) => vlans.IsEmpty || vlans.Contains(vlan);
}
