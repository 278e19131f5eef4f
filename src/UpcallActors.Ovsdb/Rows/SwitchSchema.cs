using System.Collections.Frozen;
using System.Collections.Immutable;

namespace UpcallActors.Ovsdb;

/// <summary>
/// The tables and columns of <c>Open_vSwitch</c> that a switch watches, as <c>ovs-vswitchd</c> does (<c>bridge_init</c>).
/// </summary>
internal static class SwitchSchema
{
    /// <summary>The database.</summary>
    public const string Database = "Open_vSwitch";

    /// <summary>The lock of the one daemon that works by it.</summary>
    public const string Lock = "ovs_vswitchd";

    /// <summary>The columns, by table. What others keep for themselves (<c>external_ids</c>) is not among them.</summary>
    public static FrozenDictionary<string, ImmutableArray<string>> Watched { get; } = new Dictionary<string, ImmutableArray<string>>
    {
        ["Open_vSwitch"] =
        [
            "bridges", "cur_cfg", "datapath_types", "datapaths", "dpdk_initialized", "dpdk_version", "iface_types", "manager_options",
            "next_cfg", "other_config", "ssl", "statistics",
        ],
        ["Bridge"] =
        [
            "auto_attach", "controller", "datapath_id", "datapath_type", "datapath_version", "fail_mode", "flood_vlans", "flow_tables",
            "ipfix", "mcast_snooping_enable", "mirrors", "name", "netflow", "other_config", "ports", "protocols", "rstp_enable",
            "rstp_status", "sflow", "status", "stp_enable",
        ],
        ["Port"] =
        [
            "bond_active_slave", "bond_downdelay", "bond_fake_iface", "bond_mode", "bond_updelay", "cvlans", "fake_bridge", "interfaces",
            "lacp", "mac", "name", "other_config", "protected", "qos", "rstp_statistics", "rstp_status", "statistics", "status", "tag",
            "trunks", "vlan_mode",
        ],
        ["Interface"] =
        [
            "admin_state", "bfd", "bfd_status", "cfm_fault", "cfm_fault_status", "cfm_flap_count", "cfm_health", "cfm_mpid",
            "cfm_remote_mpids", "cfm_remote_opstate", "duplex", "error", "ifindex", "ingress_policing_burst",
            "ingress_policing_kpkts_burst", "ingress_policing_kpkts_rate", "ingress_policing_rate", "lacp_current", "link_resets",
            "link_speed", "link_state", "lldp", "mac", "mac_in_use", "mtu", "mtu_request", "name", "ofport", "ofport_request", "options",
            "other_config", "statistics", "status", "type",
        ],
        ["Controller"] =
        [
            "connection_mode", "controller_burst_limit", "controller_queue_size", "controller_rate_limit", "enable_async_messages",
            "inactivity_probe", "is_connected", "local_gateway", "local_ip", "local_netmask", "max_backoff", "other_config", "role",
            "status", "target", "type",
        ],
        ["Flow_Table"] = ["external_ids", "flow_limit", "groups", "name", "overflow_policy", "prefixes"],
        ["Mirror"] =
        [
            "name", "output_port", "output_vlan", "select_all", "select_dst_port", "select_src_port", "select_vlan", "snaplen",
            "statistics",
        ],
        ["QoS"] = ["other_config", "queues", "type"],
        ["Queue"] = ["dscp", "other_config"],
        ["NetFlow"] = ["active_timeout", "add_id_to_interface", "engine_id", "engine_type", "targets"],
        ["sFlow"] = ["agent", "header", "polling", "sampling", "targets"],
        ["IPFIX"] =
            ["cache_active_timeout", "cache_max_flows", "obs_domain_id", "obs_point_id", "other_config", "sampling", "targets"],
        ["Flow_Sample_Collector_Set"] = ["bridge", "id", "ipfix"],
        ["AutoAttach"] = ["mappings", "system_description", "system_name"],
        ["SSL"] = ["bootstrap_ca_cert", "ca_cert", "certificate", "private_key"],
        ["Manager"] = ["connection_mode", "other_config", "target"],
        ["Datapath"] = ["capabilities", "ct_zones", "datapath_version", "external_ids"],
        ["CT_Zone"] = ["external_ids", "timeout_policy"],
        ["CT_Timeout_Policy"] = ["external_ids", "timeouts"],
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
