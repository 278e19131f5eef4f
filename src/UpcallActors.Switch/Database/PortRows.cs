using System.Collections.Immutable;
using UpcallActors.Ofproto;
using UpcallActors.Ovsdb;
using UpcallActors.Packets;

namespace UpcallActors.Switch;

/// <summary>Reads rows of table <c>Port</c> (<c>port_configure</c>).</summary>
internal static class PortRows
{
    private const long MostVlan = 4095;

    private static readonly ImmutableArray<(string Column, string Words)> _unsupported =
        [("qos", "QoS"), ("lacp", "LACP"), ("fake_bridge", "fake bridge's own address")];

    /// <summary>Reads a port.</summary>
    public static PortConfiguration Read(DatabaseReading reading, OvsdbRow row, string name, string bridge)
    {
        reading.Unsupported(row, _unsupported);
        ushort? tag = row.Integer("tag") is { } said and >= 0 and <= MostVlan ? (ushort)said : null;
        return new PortConfiguration
        {
            Name = name,
            VlanMode = ModeOf(reading, row, name, tag),
            Tag = tag ?? 0,
            Trunks = VlansOf(row, "trunks"),
            Cvlans = VlansOf(row, "cvlans"),
            QinqEthtype = row.Entry("other_config", "qinq-ethtype") == "802.1q" ? EtherTypes.Vlan : EtherTypes.ServiceVlan,
            PriorityTags = row.Entry("other_config", "priority-tags") switch
            {
                "if-nonzero" or "true" => PriorityTags.IfNonzero,
                "always" => PriorityTags.Always,
                _ => PriorityTags.Never,
            },
            IsProtected = row.Boolean("protected") == true,
            Interfaces = ValueList.From(reading.Rows("Interface", row, "interfaces")
                .OrderBy(one => one.Text("name"), StringComparer.Ordinal)
                .Select(one => InterfaceRows.Read(reading, one, bridge))),
        };
    }

    private static ValueList<ushort> VlansOf(OvsdbRow row, string column) =>
        ValueList.From(row.Integers(column).Where(vlan => vlan is >= 0 and <= MostVlan).Select(vlan => (ushort)vlan));

    /// <summary>A port with a tag is an access port unless it says otherwise.</summary>
    private static VlanMode ModeOf(DatabaseReading reading, OvsdbRow row, string name, ushort? tag)
    {
        switch (row.Text("vlan_mode"))
        {
            case null:
                if (tag is not null && !(row["trunks"].IsEmpty && row["cvlans"].IsEmpty))
                    reading.Problem($"port {name}: ignoring trunks in favor of implicit vlan");
                return tag is null ? VlanMode.Trunk : VlanMode.Access;
            case "access":
                return VlanMode.Access;
            case "native-tagged":
                return VlanMode.NativeTagged;
            case "native-untagged":
                return VlanMode.NativeUntagged;
            case "dot1q-tunnel":
                return VlanMode.Dot1qTunnel;
            default:
                return VlanMode.Trunk;
        }
    }
}
