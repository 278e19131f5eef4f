using System.Collections.Frozen;
using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <summary>Which columns the switch alone writes: a change of those is no change of what is wanted (<c>bridge_init</c>).</summary>
internal static class DatabaseColumns
{
    private static readonly FrozenDictionary<string, FrozenSet<string>> _written = new Dictionary<string, FrozenSet<string>>
    {
        ["Open_vSwitch"] = Columns("cur_cfg", "datapath_types", "iface_types", "dpdk_initialized", "dpdk_version", "statistics"),
        ["Bridge"] = Columns("datapath_id", "datapath_version", "rstp_status", "status"),
        ["Port"] = Columns("bond_active_slave", "rstp_statistics", "rstp_status", "statistics", "status"),
        ["Interface"] = Columns(
            "admin_state", "bfd_status", "cfm_fault", "cfm_fault_status", "cfm_flap_count", "cfm_health", "cfm_remote_mpids",
            "cfm_remote_opstate", "duplex", "error", "ifindex", "lacp_current", "link_resets", "link_speed", "link_state", "mac_in_use",
            "mtu", "ofport", "statistics", "status"),
        ["Controller"] = Columns("is_connected", "role", "status"),
        ["Mirror"] = Columns("statistics"),
        ["Datapath"] = Columns("capabilities", "datapath_version"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a change may be one of what is wanted.</summary>
    public static bool IsConfiguration(RowUpdate update) => update.Kind != RowChangeKind.Changed
        || !_written.TryGetValue(update.Table, out FrozenSet<string>? written)
        || update.Columns.Any(column => !written.Contains(column));

    private static FrozenSet<string> Columns(params ReadOnlySpan<string> columns) => FrozenSet.Create(StringComparer.Ordinal, columns);
}
