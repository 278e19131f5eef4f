using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class MeterTranslationTests
{
    [Fact]
    public void A_flow_needs_its_meter_and_goes_with_it()
    {
        var tables = new FlowTables();
        var observer = new Observer();
        tables.Observer = observer;
        FlowChange flow = FlowSyntax.ParseFlow("in_port=1,actions=meter:7,output:2");
        Make(flow).ShouldBe(MeterModFailed.InvalidMeter);
        Meter meter = Put(tables, 7, 3);
        Make(flow).ShouldBeNull();
        Make(FlowSyntax.ParseFlow("in_port=2,actions=output:2")).ShouldBeNull();
        tables.CountUsers(meter).ShouldBe(1);

        using (TableTransaction undone = tables.Begin(default))
            undone.Delete(meter);
        (tables.Meters.Find(7), tables.RuleCount).ShouldBe((meter, 2));

        using (TableTransaction transaction = tables.Begin(default))
        {
            transaction.Delete(meter);
            transaction.Commit();
        }

        observer.Told[^1].ShouldBe("MeterDeleted in_port=1");
        (tables.Meters.Find(7), tables.RuleCount).ShouldBe((null, 1));
        Make(flow).ShouldBe(MeterModFailed.InvalidMeter);

        OpenFlowError? Make(FlowChange change)
        {
            using TableTransaction transaction = tables.Begin(default);
            OpenFlowError? error = transaction.Make(change);
            transaction.Commit();
            return error;
        }
    }

    [Fact]
    public void A_meter_is_called_by_its_number_in_the_datapath_and_writes_no_header()
    {
        var bridge = new TestSwitch("");
        Put(bridge.Tables, 9, 4);
        bridge.Add("actions=mod_dl_src:02:00:00:00:00:09,resubmit(,1)\ntable=1,actions=meter:9,2");

        bridge.Translate(Packets.Tcp()).Text.ShouldBe("meter(4),set(eth(src=02:00:00:00:00:09)),102");
    }

    [Fact]
    public void A_clone_keeps_the_packet_from_what_a_meter_drops()
    {
        var bridge = new TestSwitch("");
        Put(bridge.Tables, 9, 4);
        bridge.Add("actions=clone(resubmit(,1)),3\ntable=1,actions=meter:9,2");

        bridge.Translate(Packets.Tcp()).Text.ShouldBe("clone(meter(4),102),103");
    }

    [Fact]
    public void Packets_for_controllers_go_through_their_meter_if_there_is_one()
    {
        var bridge = new TestSwitch("actions=CONTROLLER:65535,2");
        bridge.Translate(Packets.Tcp()).Text.ShouldStartWith("userspace(");

        Put(bridge.Tables, BridgeMeters.Slowpath, 5);
        bridge.Translate(Packets.Tcp()).Text.ShouldStartWith("userspace(");

        Put(bridge.Tables, BridgeMeters.Controller, 6);
        bridge.Translate(Packets.Tcp()).Text.ShouldStartWith("sample(sample=100.0%,actions(meter(6),userspace(");
    }

    [Fact]
    public void A_controller_action_can_name_a_meter_of_its_own_and_goes_as_others_while_it_is_not_there()
    {
        var bridge = new TestSwitch("in_port=1,actions=controller(meter_id=8)\nin_port=2,actions=controller(id=1)");
        bridge.Translate(Packets.Tcp()).Text.ShouldStartWith("userspace(");
        Put(bridge.Tables, BridgeMeters.Controller, 6);
        bridge.Translate(Packets.Tcp()).Text.ShouldStartWith("sample(sample=100.0%,actions(meter(6),userspace(");
        Put(bridge.Tables, 8, 7);

        bridge.Translate(Packets.Tcp()).Text.ShouldStartWith("sample(sample=100.0%,actions(meter(7),userspace(");
        bridge.Translate(Packets.Tcp(102)).Text.ShouldStartWith("sample(sample=100.0%,actions(meter(6),userspace(");
    }

    private static Meter Put(FlowTables tables, uint id, uint datapathId)
    {
        var meter = new Meter(id, datapathId, 1, [new OpenFlowMeterBand(1, 100, 100, 0)], TimeSpan.Zero);
        tables.Meters.Put(meter);
        return meter;
    }

    private sealed class Observer : IRuleObserver
    {
        public List<string> Told { get; } = [];

        public void RulesChanged(ulong version, ReadOnlySpan<RuleChange> changes, ChangeOrigin origin)
        {
            foreach (RuleChange change in changes)
                Told.Add($"{change.Kind} {change.Rule.Match}");
        }
    }
}
