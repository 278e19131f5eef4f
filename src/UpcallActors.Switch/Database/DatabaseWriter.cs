using System.Collections.Immutable;
using UpcallActors.Odp;
using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <summary>
/// What has become of a database's configuration, as the columns that a switch writes have it: only what differs from the copy. Single
/// owner; it outlives a connection.
/// </summary>
internal sealed class DatabaseWriter(DatabaseOptions options)
{
    private readonly Dictionary<Guid, LinkResets> _resets = [];

    /// <summary>
    /// The columns of all rows that a configuration has, by a state that came of it. Its number goes with them, so that whoever waits
    /// for it finds the ports' numbers (<c>ovs-vsctl</c> waits so).
    /// </summary>
    /// <param name="cache">The copy.</param>
    /// <param name="contents">The configuration.</param>
    /// <param name="state">What came of it.</param>
    /// <param name="datapathType">What kind of datapath it is on.</param>
    public OvsdbTransaction Write(OvsdbCache cache, DatabaseContents contents, SwitchState state, string datapathType)
    {
        var transaction = new OvsdbTransaction();
        WriteSwitch(cache, contents, datapathType, transaction);
        Dictionary<(string Bridge, string Name), InterfaceState> interfaces = InterfacesOf(state);
        if (cache.Table("Bridge") is { } bridges)
        {
            foreach ((string name, Guid uuid) in contents.Bridges)
            {
                if (bridges.Find(uuid) is { } row)
                {
                    transaction.Set(bridges, row, "datapath_version", OvsdbDatum.Of(DatapathTypes.VersionOf(datapathType)));
                    WriteBridge(bridges, row, contents, interfaces.GetValueOrDefault((name, name)), transaction);
                }
            }
        }

        if (cache.Table("Interface") is { } table)
        {
            foreach (((string Bridge, string Name) key, Guid uuid) in contents.Interfaces)
            {
                if (table.Find(uuid) is { } row)
                    WriteInterface(table, row, contents, interfaces.GetValueOrDefault(key), transaction);
            }
        }

        foreach (Guid gone in _resets.Keys.Where(uuid => cache.Table("Interface")?.Find(uuid) is null).ToArray())
            _resets.Remove(gone);
        return transaction;
    }

    /// <summary>What the ports have counted.</summary>
    /// <param name="cache">The copy.</param>
    /// <param name="contents">The configuration.</param>
    /// <param name="counted">By bridge and interface.</param>
    public static OvsdbTransaction WriteStatistics(
        OvsdbCache cache, DatabaseContents contents, IReadOnlyDictionary<(string Bridge, string Name), InterfaceStatistics> counted)
    {
        var transaction = new OvsdbTransaction();
        if (cache.Table("Interface") is not { } table)
            return transaction;
        foreach (((string Bridge, string Name) key, Guid uuid) in contents.Interfaces)
        {
            if (table.Find(uuid) is { } row && counted.TryGetValue(key, out InterfaceStatistics? statistics))
                transaction.Set(table, row, "statistics", OvsdbDatum.MapOf(statistics.Counters));
        }

        return transaction;
    }

    private void WriteSwitch(OvsdbCache cache, DatabaseContents contents, string datapathType, OvsdbTransaction transaction)
    {
        if (cache.Table("Open_vSwitch") is not { } table || table.Rows.FirstOrDefault() is not { } row)
            return;
        transaction.Set(table, row, "cur_cfg", OvsdbDatum.Of(contents.Number));
        transaction.Set(table, row, "datapath_types", OvsdbDatum.SetOf(DatapathTypes.Of(datapathType, options.Dummies)));
        transaction.Set(table, row, "iface_types", OvsdbDatum.SetOf(DatapathTypes.InterfacesOf(options.Dummies)));
        transaction.Set(table, row, "dpdk_version", OvsdbDatum.Of("none"));
    }

    private static void WriteBridge(
        OvsdbTable table, OvsdbRow row, DatabaseContents contents, InterfaceState? local, OvsdbTransaction transaction)
    {
        BridgeConfiguration bridge = contents.Configuration.Bridges.First(one => contents.Bridges[one.Name] == row.Uuid);
        ulong? id = bridge.DatapathId ?? local?.Address;
        transaction.Set(table, row, "datapath_id", id is null or 0 ? OvsdbDatum.Empty : OvsdbDatum.Of($"{id:x16}"));
        transaction.Set(table, row, "status", StatusOf(contents, row, []));
    }

    private void WriteInterface(
        OvsdbTable table, OvsdbRow row, DatabaseContents contents, InterfaceState? one, OvsdbTransaction transaction)
    {
        void Set(string column, OvsdbDatum value) => transaction.Set(table, row, column, value);
        bool isPresent = one?.Status == InterfaceStatus.Present && one.Number is not null;
        Set("ofport", OvsdbDatum.Of(isPresent ? (long)one!.Number! : -1));
        Set("error", isPresent ? OvsdbDatum.Empty : OvsdbDatum.Of(ErrorOf(row, one)));
        if (!isPresent)
        {
            foreach (string column in (string[])["admin_state", "link_state", "mac_in_use", "mtu", "ifindex", "statistics",
                "link_speed", "duplex"])
                Set(column, OvsdbDatum.Empty);
            Set("status", StatusOf(contents, row, []));
            return;
        }

        bool hasDevice = one!.Kind is PortKind.System or PortKind.Internal or PortKind.Dummy;
        Set("admin_state", OvsdbDatum.Of(one.IsAdminUp ? "up" : "down"));
        Set("link_state", OvsdbDatum.Of(one.IsUp ? "up" : "down"));
        Set("mac_in_use", OvsdbDatum.Of(EthernetText.Format(one.Address)));
        Set("mtu", hasDevice && one.Mtu > 0 ? OvsdbDatum.Of((long)one.Mtu) : OvsdbDatum.Empty);
        Set("ifindex", OvsdbDatum.Of((long)one.IfIndex));
        if (!_resets.TryGetValue(row.Uuid, out LinkResets? resets))
            _resets.Add(row.Uuid, resets = new LinkResets(one.IsUp));
        Set("link_resets", OvsdbDatum.Of(resets.Count(one.IsUp)));
        DeviceDetails details = one.IfIndex != 0 ? DeviceDetails.Of(one) : DeviceDetails.None;
        Set("link_speed", details.BitsPerSecond > 0 ? OvsdbDatum.Of(details.BitsPerSecond) : OvsdbDatum.Empty);
        Set("duplex", details.BitsPerSecond > 0 ? OvsdbDatum.Of(details.IsFullDuplex ? "full" : "half") : OvsdbDatum.Empty);
        Set("status", StatusOf(contents, row, details.Driver));
    }

    private static Dictionary<(string Bridge, string Name), InterfaceState> InterfacesOf(SwitchState state)
    {
        var interfaces = new Dictionary<(string Bridge, string Name), InterfaceState>();
        foreach (BridgeState bridge in state.Bridges)
        {
            foreach (InterfaceState one in bridge.Ports.SelectMany(port => port.Interfaces))
                interfaces.TryAdd((bridge.Name, one.Name), one);
        }

        return interfaces;
    }

    private static OvsdbDatum StatusOf(DatabaseContents contents, OvsdbRow row, IEnumerable<KeyValuePair<string, string>> known) =>
        OvsdbDatum.MapOf(contents.Unsupported.TryGetValue(row.Uuid, out string? parts)
            ? known.Append(KeyValuePair.Create("unsupported", parts))
            : known);

    /// <summary>In the words of <c>iface_do_create</c>, which tools and people look for.</summary>
    private static string ErrorOf(OvsdbRow row, InterfaceState? one)
    {
        string name = row.Text("name") ?? "";
        return one is null ? $"could not add network device {name} to ofproto (its bridge has none of this name)"
            : one.Status == InterfaceStatus.Unusable ? one.Reason ?? ""
            : one.IsDeviceMissing ? $"could not open network device {name} (No such device)"
            : $"could not add network device {name} to ofproto ({one.Reason})";
    }

    /// <summary>How often a link went up or down since the interface is there.</summary>
    private sealed class LinkResets(bool isUp)
    {
        private bool _isUp = isUp;
        private long _count;

        public long Count(bool isUp)
        {
            if (isUp != _isUp)
                _count++;
            _isUp = isUp;
            return _count;
        }
    }
}
