using System.Text;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What a translation does with what it cannot do, and what flow tables that never end cost it.</summary>
public class TranslationLimitsTests
{
    [Fact]
    public void A_port_of_no_bridge_gets_a_flow_that_drops()
    {
        TestSwitch.Outcome outcome = new TestSwitch("actions=2").Translate(Packets.Tcp(inPort: 999));
        outcome.Translation.Error.ShouldBe(XlateError.BridgeNotFound);
        outcome.Translation.InstallFlow.ShouldBeTrue();
        outcome.Actions.ShouldBeEmpty();
        outcome.Mask.DatapathPort.ShouldBe(uint.MaxValue);
        outcome.Mask.EthSrc.ShouldBe(0UL);
    }

    [Fact]
    public void A_table_that_resubmits_to_itself_ends()
    {
        TestSwitch.Outcome outcome = new TestSwitch("actions=2,resubmit(,0)").Translate(Packets.Tcp());
        outcome.Translation.Error.ShouldBe(XlateError.RecursionTooDeep);
        outcome.Translation.InstallFlow.ShouldBeTrue();
        outcome.Actions.ShouldBeEmpty();
    }

    [Fact]
    public void Sixty_four_resubmits_deep_is_allowed_and_one_more_is_not()
    {
        // reg0 counts down; each step goes back to table 0.
        string flows(int depth) => $"""
            table=0,metadata=0,actions=set_field:1->metadata,load:{depth}->NXM_NX_REG0[],resubmit(,0)
            """ + "\n"
            + string.Join('\n', Enumerable.Range(2, depth)
                .Select(step => $"table=0,metadata=1,reg0={step},actions=load:{step - 1}->NXM_NX_REG0[],resubmit(,0)"))
                + "\ntable=0,metadata=1,reg0=1,actions=2\n";
        new TestSwitch(flows(64)).Translate(Packets.Tcp()).Outputs.ShouldBe([102u]);
        new TestSwitch(flows(65)).Translate(Packets.Tcp()).Translation.Error.ShouldBe(XlateError.RecursionTooDeep);
    }

    [Fact]
    public void A_clone_around_a_resubmit_is_no_deeper_than_the_resubmit()
    {
        string flows(int depth) => string.Join('\n', Enumerable.Range(2, depth)
            .Select(step => $"metadata=1,reg0={step},actions=load:{step - 1}->NXM_NX_REG0[],clone(clone(resubmit(,0)))")
            .Prepend($"metadata=0,actions=set_field:1->metadata,load:{depth}->NXM_NX_REG0[],clone(resubmit(,0))")
            .Append("metadata=1,reg0=1,actions=clone(2)"));
        new TestSwitch(flows(64)).Translate(Packets.Tcp()).Outputs.ShouldBe([102u]);
        new TestSwitch(flows(65)).Translate(Packets.Tcp()).Translation.Error.ShouldBe(XlateError.RecursionTooDeep);
    }

    [Fact]
    public void Resubmits_that_find_nothing_do_not_count()
    {
        string actions(int resubmits, int table) =>
            "actions=" + string.Join(',', Enumerable.Repeat($"resubmit(,{table})", resubmits)) + ",2\ntable=1,actions=drop";
        new TestSwitch(actions(5000, table: 9)).Translate(Packets.Tcp()).Outputs.ShouldBe([102u]);
        new TestSwitch(actions(4096, table: 1)).Translate(Packets.Tcp()).Outputs.ShouldBe([102u]);
        new TestSwitch(actions(4097, table: 1)).Translate(Packets.Tcp()).Translation.Error.ShouldBe(XlateError.TooManyResubmits);
    }

    [Fact]
    public void Resubmits_that_multiply_end()
    {
        var flows = new StringBuilder();
        for (int table = 0; table < 30; table++)
            flows.AppendLine(null, $"table={table},actions=resubmit(,{table + 1}),resubmit(,{table + 1})");
        TestSwitch.Outcome outcome = new TestSwitch(flows.ToString()).Translate(Packets.Tcp());
        outcome.Translation.Error.ShouldBe(XlateError.TooManyResubmits);
        outcome.Actions.ShouldBeEmpty();
    }

    [Fact]
    public void A_way_through_all_tables_is_no_recursion()
    {
        var flows = new StringBuilder();
        for (int table = 0; table < 253; table++)
            flows.AppendLine(null, $"table={table},actions=goto_table:{table + 1}");
        flows.AppendLine("table=253,actions=3");
        new TestSwitch(flows.ToString()).Translate(Packets.Tcp()).Outputs.ShouldBe([103u]);
    }

    [Fact]
    public void A_thread_with_little_stack_ends_a_deep_translation_instead_of_the_process()
    {
        // Through all tables, back to the first, and so on: 4,096 resubmits deep if the stack lasts.
        var flows = new StringBuilder();
        for (int table = 0; table < 253; table++)
            flows.AppendLine(null, $"table={table},actions=resubmit(,{table + 1}),2");
        flows.AppendLine("table=253,actions=resubmit(,0)");
        var bridge = new TestSwitch(flows.ToString());
        XlateError error = XlateError.None;
        var thread = new Thread(() => error = bridge.Translate(Packets.Tcp()).Translation.Error, maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        error.ShouldBe(XlateError.RecursionTooDeep);

        thread = new Thread(() => error = bridge.Translate(Packets.Tcp()).Translation.Error, maxStackSize: 64 * 1024 * 1024);
        thread.Start();
        thread.Join();
        error.ShouldBe(XlateError.TooManyResubmits);
    }

    [Fact]
    public void More_actions_than_there_is_room_for_are_an_error_and_no_flow()
    {
        string many = "actions=" + string.Join(',', Enumerable.Repeat("2", 100));
        TestSwitch.Outcome outcome = new TestSwitch(many, room: 64).Translate(Packets.Tcp());
        outcome.Translation.Error.ShouldBe(XlateError.ActionsTooLong);
        outcome.Translation.InstallFlow.ShouldBeFalse();
        outcome.Actions.ShouldBeEmpty();
        new TestSwitch(many, room: 800).Translate(Packets.Tcp()).Outputs.Length.ShouldBe(100);
    }

    [Fact]
    public void No_room_at_all_is_an_error_for_every_action()
    {
        foreach (string actions in new[]
        {
            "2", "ct(commit,zone=1,exec(set_field:1->ct_mark),nat(src=10.0.0.1))", "CONTROLLER", "clone(ct(commit),2),3",
            "mod_vlan_vid:5,2", "push_vlan:0x8100,2", "dec_ttl,2", "output(port=2,max_len=20)",
        })
        {
            for (int room = 0; room < 8; room++)
                new TestSwitch("tcp,actions=" + actions, room: room).Translate(Packets.Tcp()).Translation.Error
                    .ShouldBe(XlateError.ActionsTooLong, actions);
        }
    }

    [Fact]
    public void An_action_upcall_installs_no_flow()
    {
        TestSwitch.Outcome outcome = new TestSwitch("actions=2").Translate(Packets.Tcp(), PacketCommand.Action);
        outcome.Outputs.ShouldBe([102u]);
        outcome.Translation.InstallFlow.ShouldBeFalse();
    }

    [Fact]
    public void The_version_grows_with_every_change_of_flows_and_of_bridges()
    {
        var bridge = new TestSwitch("actions=2");
        ulong first = bridge.Factory.Version;
        bridge.Translate(Packets.Tcp()).Translation.Version.ShouldBe(first);
        bridge.Add("in_port=1,actions=3");
        ulong second = bridge.Factory.Version;
        second.ShouldBeGreaterThan(first);
        bridge.Factory.Replace([new Bridge("br0", FailMode.Secure, new FlowTables(), [new BridgePort(1, 101, "p1")])]);
        bridge.Factory.Version.ShouldBeGreaterThan(second);
        bridge.Translate(Packets.Tcp()).Translation.Version.ShouldBe(bridge.Factory.Version);
    }

    [Fact]
    public void A_change_of_any_of_many_bridges_makes_a_new_version_and_a_learned_station_only_asks_for_flows_to_be_looked_at()
    {
        Bridge[] bridges = [.. Enumerable.Range(0, 1000).Select(i =>
            new Bridge($"br{i}", FailMode.Secure, new FlowTables(), [new BridgePort(1, (uint)i, $"p{i}")]))];
        var factory = new OpenFlowTranslatorFactory(bridges);
        int told = 0;
        factory.Changed += (_, _) => told++;
        (ulong version, ulong revalidation) = (factory.Version, factory.RevalidationVersion);
        bridges[0].Tables.Apply(FlowSyntax.ParseFlow("actions=1"));
        bridges[999].Tables.Apply(FlowSyntax.ParseFlow("actions=1"));
        bridges[500].MacLearning.Learn(2, 0, 1);
        (factory.Version - version, factory.RevalidationVersion - revalidation, told).ShouldBe((2UL, 3UL, 3));

        factory.Replace(bridges[..1]);
        (factory.Version - version, told).ShouldBe((3UL, 4));
        bridges[999].Tables.Apply(FlowSyntax.ParseFlow("actions=drop"));
        factory.Version.ShouldBe(version + 3, "that bridge is none of ours any more");
    }

    [Fact]
    public void A_translation_during_which_the_tables_change_carries_the_version_before_the_change()
    {
        // NORMAL asks the MAC table, and that asks its clock: a place where another thread's change may fall.
        var clock = new MeddlingTime();
        var bridge = new TestSwitch("actions=NORMAL", macLearning: new MacLearningTable(clock, 64, MacLearningTable.DefaultIdleTime));
        ulong before = bridge.Factory.Version;
        clock.Meddle = () => bridge.Add("in_port=1,actions=3");

        ulong translated = bridge.Translate(Packets.Tcp()).Translation.Version;

        bridge.Factory.Version.ShouldBeGreaterThan(before);
        translated.ShouldBe(before);
    }

    [Fact]
    public void Two_ports_with_one_number_are_refused()
    {
        Should.Throw<ArgumentException>(
            () => new Bridge("br0", FailMode.Secure, new FlowTables(), [new BridgePort(1, 1, "a"), new BridgePort(1, 2, "b")]));
        Should.Throw<ArgumentException>(() => new Bridge("br0", FailMode.Secure, new FlowTables(), [new BridgePort(0xfffa, 1, "a")]));
        var one = new Bridge("br0", FailMode.Secure, new FlowTables(), [new BridgePort(1, 5, "a")]);
        var two = new Bridge("br1", FailMode.Secure, new FlowTables(), [new BridgePort(1, 5, "b")]);
        Should.Throw<ArgumentException>(() => new OpenFlowTranslatorFactory([one, two]));
        Should.Throw<ArgumentException>(() => new OpenFlowTranslatorFactory([one, one]));
    }

    [Fact]
    public void Each_rule_on_the_way_counts_the_packet()
    {
        var bridge = new TestSwitch("in_port=1,actions=resubmit(,1),resubmit(,1)\ntable=1,actions=2\ntable=2,actions=3");
        bridge.Translate(Packets.Tcp());
        bridge.Translate(Packets.Tcp());
        bridge.Tables.GetRules().OrderBy(rule => rule.Table).Select(rule => (rule.Counters.Packets, rule.Counters.Bytes))
            .ShouldBe([(2UL, 128UL), (4UL, 256UL), (0UL, 0UL)]);
    }

    [Fact]
    public void Only_a_miss_is_credited_since_the_flow_that_sent_up_anything_else_has_counted_it()
    {
        var bridge = new TestSwitch("actions=NORMAL");
        bridge.Translate(Packets.Tcp(), PacketCommand.Action, cookie: UserspaceCookieOf(UserspaceReason.SlowPath));
        bridge.Tables.GetRules().Single().Counters.Packets.ShouldBe(0UL);
        bridge.Bridge.MacLearning.Count.ShouldBe(1, "it was heard all the same");
        bridge.Translate(Packets.Tcp());
        bridge.Tables.GetRules().Single().Counters.Packets.ShouldBe(1UL);
    }

    [Fact]
    public void A_translation_that_throws_credits_nothing()
    {
        var clock = new MeddlingTime();
        var bridge = new TestSwitch("actions=NORMAL", macLearning: new MacLearningTable(clock, 64, MacLearningTable.DefaultIdleTime));
        clock.Meddle = () => throw new InvalidOperationException("told to");
        Should.Throw<InvalidOperationException>(() => bridge.Translate(Packets.Tcp()));
        bridge.Tables.GetRules().Single().Counters.Packets.ShouldBe(0UL);
        bridge.Translate(Packets.Tcp());
        bridge.Tables.GetRules().Single().Counters.Packets.ShouldBe(1UL);
    }

    private static byte[] UserspaceCookieOf(UserspaceReason reason)
    {
        var written = new UserspaceCookie(reason, 0, 0);
        byte[] cookie = new byte[written.Length];
        written.Write(cookie);
        return cookie;
    }

    private sealed class MeddlingTime : TimeProvider
    {
        public Action? Meddle { get; set; }

        public override long GetTimestamp()
        {
            Action? meddle = Meddle;
            Meddle = null;
            meddle?.Invoke();
            return base.GetTimestamp();
        }
    }
}
