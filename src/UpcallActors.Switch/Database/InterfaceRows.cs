using System.Collections.Immutable;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <summary>Reads rows of table <c>Interface</c>.</summary>
internal static class InterfaceRows
{
    private static readonly ImmutableArray<(string Column, string Words)> _unsupported =
        [("bfd", "BFD"), ("cfm_mpid", "CFM"), ("lldp", "LLDP"), ("ingress_policing_rate", "ingress policing"),
            ("ingress_policing_kpkts_rate", "ingress policing")];

    /// <summary>Reads an interface.</summary>
    public static InterfaceConfiguration Read(DatabaseReading reading, OvsdbRow row, string bridge)
    {
        string name = row.Text("name") ?? "";
        reading.Interfaces[(bridge, name)] = row.Uuid;
        reading.Unsupported(row, _unsupported);
        string type = name == bridge ? "internal" : row.Text("type") ?? "";
        var read = new InterfaceConfiguration
        {
            Name = name,
            RequestedNumber = row.Integer("ofport_request") is { } asked and > 0 and < OpenFlowPorts.Maximum ? (uint)asked : null,
            FormerNumber = reading.FormerNumberOf(row),
            RequestedMtu = row.Integer("mtu_request") is { } mtu and > 0 and <= int.MaxValue ? (int)mtu : null,
            Address = type == "internal" ? AddressOf(reading, row, name, name == bridge) : null,
        };
        if (KindOf(type, reading.Dummies) is not { } kind)
        {
            return read with
            {
                Problem = $"could not open network device {name} (Address family not supported by protocol)",
            };
        }

        ValueMap<string> options = new(row.Entries("options"));
        return kind == PortKind.Patch ? PatchOf(read, options)
            : kind.IsTunnel() ? TunnelOptions.Read(read with { Kind = kind }, type, options)
            // Devices take no options, and OVS does not look at them (netdev_set_config of netdev-linux).
            : read with { Kind = kind };
    }

    /// <summary>As <c>iface_set_mac</c> has it.</summary>
    private static ulong? AddressOf(DatabaseReading reading, OvsdbRow row, string name, bool isLocal)
    {
        if (EthernetText.Parse(row.Text("mac")) is not { } address)
            return null;
        string? obstacle = isLocal ? "ignoring mac in Interface record (use Bridge record to set local port's mac)"
            : EthernetText.IsMulticast(address) ? "cannot set MAC to multicast address"
            : address == 0 ? "cannot set MAC to all zero address"
            : null;
        if (obstacle is null)
            return address;
        reading.Problem($"interface {name}: {obstacle}");
        return null;
    }

    private static PortKind? KindOf(string type, DummyInterfaces dummies) => type switch
    {
        "" or "system" or "tap" when dummies == DummyInterfaces.Override => PortKind.Dummy,
        "dummy" or "dummy-internal" or "dummy-pmd" when dummies != DummyInterfaces.None => PortKind.Dummy,
        "" or "system" => PortKind.System,
        "internal" => PortKind.Internal,
        "vxlan" => PortKind.Vxlan,
        "geneve" => PortKind.Geneve,
        "gre" => PortKind.Gre,
        "ip6gre" => PortKind.Ip6Gre,
        "patch" => PortKind.Patch,
        _ => null,
    };

    private static InterfaceConfiguration PatchOf(InterfaceConfiguration one, ValueMap<string> options) => one with
    {
        Kind = PortKind.Patch,
        Peer = options.Entries.GetValueOrDefault("peer"),
        Options = new ValueMap<string>(options.Entries.Where(option => option.Key != "peer")),
    };
}
