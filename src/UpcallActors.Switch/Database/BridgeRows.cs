using System.Collections.Immutable;
using System.Globalization;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <summary>Reads rows of table <c>Bridge</c>.</summary>
internal static class BridgeRows
{
    private const int LeastQueueSize = 1;
    private const int MostQueueSize = 512;
    private const int DatapathIdDigits = 16;

    private static readonly ImmutableArray<(string Column, string Words)> _unsupported =
    [
        ("stp_enable", "STP"), ("rstp_enable", "RSTP"), ("mcast_snooping_enable", "multicast snooping"), ("netflow", "NetFlow"),
        ("sflow", "sFlow"), ("ipfix", "IPFIX"), ("auto_attach", "auto attach"), ("flood_vlans", "flood_vlans"),
    ];

    /// <summary>Reads a bridge.</summary>
    public static BridgeConfiguration Read(DatabaseReading reading, OvsdbRow row, string name)
    {
        reading.Bridges[name] = row.Uuid;
        reading.Unsupported(row, _unsupported);
        return new BridgeConfiguration
        {
            Name = name,
            FailMode = row.Text("fail_mode") == "secure" ? FailMode.Secure : FailMode.Standalone,
            Identity = row.Uuid,
            Address = AddressOf(reading, row, name),
            DatapathId = DatapathIdOf(row),
            Protocols = ProtocolsOf(row),
            TableNames = TableNamesOf(reading, row),
            Tables = TablesOf(reading, row, name),
            Ports = PortsOf(reading, row, name),
            Controllers = ValueList.From(reading.Rows("Controller", row, "controller")
                .Select(controller => ControllerRows.Read(reading, controller, name))
                .OrderBy(controller => controller.Target, StringComparer.Ordinal)
                .DistinctBy(controller => controller.Target)),
            ControllerQueueSize = DatabaseReading.NumberOf(row, "other_config", "controller-queue-size") is { } size
                and >= LeastQueueSize and <= MostQueueSize ? (int)size : new BridgeConfiguration { Name = name }.ControllerQueueSize,
            DisableInBand = row.Entry("other_config", "disable-in-band") == "true",
            InBandQueue = DatabaseReading.NumberOf(row, "other_config", "in-band-queue") is { } queue and >= 0 and <= uint.MaxValue
                ? (uint)queue : null,
            Mirrors = ValueList.From(reading.Rows("Mirror", row, "mirrors")
                .Select(mirror => new MirrorConfiguration { Name = mirror.Text("name") ?? "" })
                .OrderBy(mirror => mirror.Name, StringComparer.Ordinal)),
        };
    }

    private static ulong? AddressOf(DatabaseReading reading, OvsdbRow row, string name)
    {
        if (EthernetText.Parse(row.Entry("other_config", "hwaddr")) is not { } address)
            return null;
        string? obstacle = address == 0 ? "zero"
            : EthernetText.IsMulticast(address) ? $"multicast address {EthernetText.Format(address)}"
            : null;
        if (obstacle is null)
            return address;
        reading.Problem($"bridge {name}: cannot set MAC address to {obstacle}");
        return null;
    }

    /// <summary>16 hexadecimal digits, and not all zeros (<c>dpid_from_string</c>).</summary>
    private static ulong? DatapathIdOf(OvsdbRow row)
    {
        string? text = row.Entry("other_config", "datapath-id");
        if (text?.StartsWith("0x", StringComparison.Ordinal) == true)
            text = text[2..].PadLeft(DatapathIdDigits, '0');
        return text?.Length == DatapathIdDigits
            && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id) && id != 0 ? id : null;
    }

    private static OpenFlowVersions ProtocolsOf(OvsdbRow row)
    {
        OpenFlowVersion[] versions =
        [
            .. row.Texts("protocols").Select(OpenFlowVersions.Named).OfType<OpenFlowVersion>(),
        ];
        return versions.Length == 0 ? OpenFlowVersions.All : OpenFlowVersions.Of(versions);
    }

    private static ValueMap<byte> TableNamesOf(DatabaseReading reading, OvsdbRow row) => new(
        reading.RowsByNumber("Flow_Table", row, "flow_tables")
            .Where(table => table.Key < TablesSnapshot.TableCount - 1 && table.Row.Text("name") is { Length: > 0 })
            .DistinctBy(table => table.Row.Text("name"))
            .Select(table => KeyValuePair.Create(table.Row.Text("name")!, (byte)table.Key)));

    /// <summary>Groups that cannot be read are left out (<c>bridge_configure_tables</c>).</summary>
    private static ValueList<TableConfiguration> TablesOf(DatabaseReading reading, OvsdbRow row, string name)
    {
        var tables = ImmutableArray.CreateBuilder<TableConfiguration>();
        foreach ((long number, OvsdbRow table) in reading.RowsByNumber("Flow_Table", row, "flow_tables"))
        {
            if (number >= TablesSnapshot.TableCount - 1)
            {
                reading.Problem($"bridge {name}: ignoring configuration for flow table {number} not supported by this datapath");
                continue;
            }

            var read = new TableConfiguration((byte)number)
            {
                FlowLimit = table.Integer("flow_limit") is { } limit and <= int.MaxValue ? (int)limit : null,
                Evicts = table.Text("overflow_policy") == "evict",
                Groups = ValueList.From(table.Texts("groups").Select(group => GroupOf(reading, group, name, number)).OfType<SubField>()),
            };
            if (read != new TableConfiguration(read.Number))
                tables.Add(read);
        }

        return new ValueList<TableConfiguration>(tables.DrainToImmutable());
    }

    private static SubField? GroupOf(DatabaseReading reading, string text, string bridge, long table)
    {
        try
        {
            return SubField.Parse(text);
        }
        catch (FlowSyntaxException malformed)
        {
            reading.Problem($"bridge {bridge} table {table}: error parsing 'groups' ({malformed.Error.Message})");
            return null;
        }
    }

    private static ValueList<PortConfiguration> PortsOf(DatabaseReading reading, OvsdbRow row, string bridge)
    {
        var ports = ImmutableArray.CreateBuilder<PortConfiguration>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (OvsdbRow port in reading.Rows("Port", row, "ports").OrderBy(port => port.Text("name"), StringComparer.Ordinal))
        {
            string name = port.Text("name") ?? "";
            if (names.Add(name))
                ports.Add(PortRows.Read(reading, port, name, bridge));
            else
                reading.Problem($"bridge {bridge}: {name} specified twice as bridge port");
        }

        return new ValueList<PortConfiguration>(ports.DrainToImmutable());
    }
}
