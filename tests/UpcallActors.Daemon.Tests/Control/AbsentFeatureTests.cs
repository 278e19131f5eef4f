using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>What there is none of, and features: answers of <c>ovs-vswitchd</c> 3.1 with a bridge that has no such thing.</summary>
public sealed class AbsentFeatureTests
{
    [Theory]
    [InlineData("bond/list", "bond\ttype\trecircID\tmembers\n")]
    [InlineData("bond/show", "")]
    [InlineData("bond/hash 00:11:22:33:44:55", "226\n")]
    [InlineData("bond/hash 00:11:22:33:44:55 5", "245\n")]
    [InlineData("bond/hash 00:11:22:33:44:55 5 7", "205\n")]
    [InlineData("bond/hash 00:11:22:33:44:55 0 1", "197\n")]
    [InlineData("bond/hash 00:11:22:33:44:55 5000", "221\n")]
    [InlineData("lacp/show", "")]
    [InlineData("lacp/show-stats", "")]
    [InlineData("bfd/show", "")]
    [InlineData("bfd/set-forwarding false", "OK\n")]
    [InlineData("cfm/show", "")]
    [InlineData("cfm/set-fault normal", "OK\n")]
    [InlineData("stp/show", "")]
    [InlineData("stp/tcn", "OK\n")]
    [InlineData("rstp/show", "")]
    [InlineData("rstp/tcn", "OK\n")]
    [InlineData("autoattach/status", "")]
    [InlineData("autoattach/statistics", "")]
    [InlineData("autoattach/show-isid", "")]
    [InlineData("mdb/flush", "table successfully flushed\n")]
    [InlineData("qos/show ovs-p0", "QoS not configured on ovs-p0\n")]
    [InlineData("qos/show-types ovs-p0", "No QoS types supported for interface: ovs-p0\n")]
    [InlineData("ofproto/list-tunnels", "")]
    [InlineData("tnl/ports/show", "Listening ports:\n")]
    [InlineData("tnl/ports/show -v", "Listening ports:\n")]
    [InlineData("tnl/egress_port_range", "Tunnel UDP source port range: 32768-61000\n")]
    [InlineData("tnl/neigh/flush", "OK\n")]
    [InlineData("ovs/route/show", "Route Table:\n")]
    [InlineData("dpctl/ct-bkts", "Command is available for UserSpace ConnTracker only.\n")]
    [InlineData("dpctl/cache-get-size", "embedded@ovs-system:\n")]
    [InlineData("dpctl/parse-actions ct(commit,zone=5),2", "ct(commit,zone=5),2\n")]
    [InlineData("dpif/set-dp-features br0 nosuch", "Unexpected support field\n")]
    [InlineData("dpif/set-dp-features br0 ct_state", "ct_state (CT state) : [run time]:true, [boot time]:true\n")]
    [InlineData("dpif/set-dp-features br0 ct_state true", "")]
    [InlineData("dpif/set-dp-features br0 ct_state maybe", "Boolean value expected\n")]
    [InlineData("dpif/set-dp-features br0 sample_nesting 3x", "Integer number expected\n")]
    [InlineData("dpif/set-dp-features br0 sample_nesting 20", "Can not set value beyond the datapath capability\n")]
    [InlineData("dpif/set-dp-features br0 sample_nesting -1", "Negative number not expected\n")]
    [InlineData("dpif/set-dp-features br0 add_mpls true", "Can not enable features not supported by the datapath\n")]
    [InlineData("dpif/set-dp-features br0 tnl_push_pop true", "Can not enable features not supported by the datapath\n")]
    [InlineData("dpif/set-dp-features br0 tnl_push_pop false", "")]
    [InlineData("dpif/set-dp-features br0 sample_nesting +3", "")]
    [InlineData("dpif/set-dp-features br0 sample_nesting 99999999999", "Integer number expected\n")]
    [InlineData("dpif/set-dp-features br0 nosuch true", "Unexpected support field\n")]
    [InlineData("dpif/set-dp-features br0 ufid true", "")]
    [InlineData("dpif/set-dp-features br0 max_vlan_headers 2", "")]
    public async Task What_is_asked_is_answered(string command, string answer)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        string[] words = command.Split(' ');
        (await daemon.PrintAsync(words[0], words[1..])).ShouldBe(answer);
    }

    [Theory]
    [InlineData("bond/show bond0", "no such bond")]
    [InlineData("bond/hash zz", "invalid mac")]
    [InlineData("bond/hash 00:11:22:33:44:55 x", "invalid vlan")]
    [InlineData("bond/hash 00:11:22:33:44:55 5 x", "invalid basis")]
    [InlineData("bond/migrate a 1 b", "no such bond")]
    [InlineData("bond/set-active-member a b", "no such bond")]
    [InlineData("bond/set-active-slave a b", "no such bond")]
    [InlineData("bond/enable-member a b", "no such bond")]
    [InlineData("bond/disable-member a b", "no such bond")]
    [InlineData("lacp/show bond0", "no such lacp object")]
    [InlineData("bfd/show ovs-p0", "no such bfd object")]
    [InlineData("bfd/set-forwarding ovs-p0 false", "no such BFD object")]
    [InlineData("bfd/set-forwarding foo", "unknown fault string")]
    [InlineData("cfm/show ovs-p0", "no such CFM object")]
    [InlineData("stp/show br0", "no such stp object")]
    [InlineData("rstp/show br0", "No such RSTP object")]
    [InlineData("mdb/show br0", "multicast snooping is disabled")]
    [InlineData("mdb/show nosuch", "no such bridge")]
    [InlineData("mdb/flush br0", "multicast snooping is disabled")]
    [InlineData("qos/show nosuch", "no such interface")]
    [InlineData("ovs/route/lookup 1.2.3.4", "Not found")]
    [InlineData("ovs/route/lookup zz", "Invalid parameters")]
    [InlineData("dpctl/offload-stats-show", "upcall-actors: retrieving offload statistics (Operation not supported)")]
    [InlineData("dpctl/ipf-get-status", "upcall-actors: ipf status could not be retrieved (Operation not supported)")]
    [InlineData("dpctl/parse-actions foo", "upcall-actors: odp_actions_from_string (Invalid argument)")]
    [InlineData("dpif/set-dp-features nosuch", "no such bridge")]
    public async Task What_is_not_there_is_said(string command, string problem)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        string[] words = command.Split(' ');
        (await daemon.FailAsync(words[0], words[1..])).ShouldBe(problem + "\n");
    }

    [Fact]
    public async Task Neighbours_are_a_table_without_rows()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        const string Header = """
            IP                                            MAC                 Bridge
            ==========================================================================

            """;
        (await daemon.PrintAsync("tnl/neigh/show")).ShouldBe(Header);
        (await daemon.PrintAsync("tnl/arp/show")).ShouldBe(Header);
    }

    [Fact]
    public async Task All_features_are_listed_with_what_holds_and_what_there_is()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        string[] lines = (await daemon.PrintAsync("dpif/set-dp-features", "br0")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(26);
        lines[0].ShouldBe("sample_nesting (Sample nesting) : [run time]:10, [boot time]:10");
        lines.ShouldContain("max_vlan_headers (Max VLAN headers) : [run time]:2, [boot time]:2");
        lines.ShouldContain("tnl_push_pop (Tunnel push pop) : [run time]:false, [boot time]:false");
    }

    [Theory]
    [InlineData("check_pkt_len", "Check pkt length action")]
    [InlineData("masked_set_action", "Masked set action")]
    [InlineData("clone", "Clone action")]
    [InlineData("trunc", "Truncate action")]
    [InlineData("recirc", "Recirc")]
    [InlineData("ct_clear", "Conntrack clear")]
    [InlineData("ct_eventmask", "Conntrack eventmask")]
    [InlineData("ct_state", "CT state")]
    [InlineData("ct_state_nat", "CT state NAT")]
    [InlineData("ct_zero_snat", "Conntrack all-zero IP SNAT")]
    [InlineData("ct_zone", "CT zone")]
    [InlineData("ct_mark", "CT mark")]
    [InlineData("ct_label", "CT label")]
    [InlineData("ct_orig_tuple", "CT orig tuple")]
    [InlineData("ct_orig_tuple6", "CT orig tuple for IPv6")]
    [InlineData("ct_timeout", "Conntrack timeout policy")]
    [InlineData("explicit_drop_action", "Explicit Drop action")]
    public async Task A_feature_can_be_switched_off_for_translations_and_on_again(string name, string title)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        bool isTold = false;
        daemon.Translators.Changed += (_, _) => isTold = true;
        DatapathSupport before = daemon.Translators.Support.Features;
        string shown = await daemon.PrintAsync("dpif/show-dp-features", "br0");
        (await daemon.PrintAsync("dpif/set-dp-features", "br0", name, "false")).ShouldBeEmpty();
        (await daemon.PrintAsync("dpif/set-dp-features", "br0", name))
            .ShouldBe($"{name} ({title}) : [run time]:false, [boot time]:true\n");
        daemon.Translators.Support.Features.ShouldNotBe(before);
        isTold.ShouldBeTrue();
        (await daemon.PrintAsync("dpif/show-dp-features", "br0")).ShouldBe(shown, "what the datapath can do is the same");
        await daemon.PrintAsync("dpif/set-dp-features", "br0", name, "True");
        daemon.Translators.Support.Features.ShouldBe(before);
    }

    [Theory]
    [InlineData("sample_nesting", "Sample nesting", 10)]
    [InlineData("max_mpls_depth", "Max MPLS depth", 3)]
    public async Task A_number_can_be_lowered_for_translations_and_raised_again(string name, string title, int most)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("dpif/set-dp-features", "br0", name, "1")).ShouldBeEmpty();
        (await daemon.PrintAsync("dpif/set-dp-features", "br0", name))
            .ShouldBe($"{name} ({title}) : [run time]:1, [boot time]:{most}\n");
        (await daemon.PrintAsync("dpif/set-dp-features", "br0", name, $"{most}")).ShouldBeEmpty();
        daemon.Translators.Support.Features.ShouldBe(daemon.Datapath.Support);
    }

    [Theory]
    [InlineData("ufid", "false")]
    [InlineData("max_vlan_headers", "1")]
    public async Task A_feature_that_is_used_all_the_same_cannot_be_switched_off(string name, string value)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.FailAsync("dpif/set-dp-features", "br0", name, value))
            .ShouldBe($"{name} cannot be changed: the daemon always uses what the datapath supports\n");
    }

    [Fact]
    public async Task The_commands_of_ovs_dpctl_have_a_list_of_their_own()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        string[] lines = (await daemon.PrintAsync("dpctl/list-commands")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("The available commands are:");
        lines.ShouldContain("  dpctl/add-flow                [dp] flow actions");
        lines.ShouldContain("  dpctl/ct-enable-tcp-seq-chk   [dp]");
        lines.Skip(1).ShouldAllBe(line => line.StartsWith("  dpctl/", StringComparison.Ordinal));
    }
}
