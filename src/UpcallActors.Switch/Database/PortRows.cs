using System.Collections.Immutable;
using UpcallActors.Ofproto;
using UpcallActors.Ovsdb;

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
            Trunks = ValueList.From(row.Integers("trunks").Where(vlan => vlan is >= 0 and <= MostVlan).Select(vlan => (ushort)vlan)),
            Interfaces = ValueList.From(reading.Rows("Interface", row, "interfaces")
                .OrderBy(one => one.Text("name"), StringComparer.Ordinal)
                .Select(one => InterfaceRows.Read(reading, one, bridge))),
        };
    }

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
            case "trunk":
                return VlanMode.Trunk;
            case { } other:
                reading.Unsupported(row, $"vlan_mode {other}");
                return VlanMode.Trunk;
        }
    }
}
