using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <summary>
/// What the addresses learned behind a number rely on (<c>bundle_set</c>): the interface, and how its port treats VLANs. What says nothing
/// in the port's mode is left out.
/// </summary>
/// <param name="Name">The interface's name.</param>
/// <param name="Device">The port of the datapath.</param>
/// <param name="Port">The port without its name and interfaces.</param>
internal sealed record NumberOwner(string Name, (PortKind Kind, string Device) Device, PortConfiguration Port)
{
    public static NumberOwner Of(PlannedInterface one)
    {
        PortConfiguration port = one.Port!;
        ushort tag = port.VlanMode == VlanMode.Trunk ? (ushort)0 : port.Tag;
        return new NumberOwner(one.Interface.Name, one.DatapathPort, port with
        {
            Name = "",
            Interfaces = [],
            Tag = tag,
            Trunks = port.VlanMode switch
            {
                VlanMode.Trunk => InOrder(port.Trunks),
                VlanMode.NativeTagged or VlanMode.NativeUntagged when tag != 0 && port.Trunks.Count > 0 =>
                    InOrder([.. port.Trunks.Append(tag).Where(vlan => vlan != 0)]),
                VlanMode.NativeTagged or VlanMode.NativeUntagged => InOrder(port.Trunks),
                _ => [],
            },
            Cvlans = port.VlanMode == VlanMode.Dot1qTunnel ? InOrder(port.Cvlans) : [],
        });
    }

    private static ValueList<ushort> InOrder(ValueList<ushort> vlans) => ValueList.From(vlans.Distinct().Order());
}
