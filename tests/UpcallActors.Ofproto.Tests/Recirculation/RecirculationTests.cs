using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

public class RecirculationTests
{
    private const string TrackThenOutput = """
        table=0,in_port=1,ct_state=-trk,ip,actions=load:0x2->NXM_NX_REG0[],set_field:0x77->metadata,ct(table=4)
        table=4,ct_state=+trk+new,reg0=2,metadata=0x77,actions=output:NXM_NX_REG0[]
        table=4,priority=1,actions=3
        """;

    [Fact]
    public void A_packet_goes_on_behind_conntrack_with_its_table_registers_metadata_and_port()
    {
        var bridge = new TestSwitch(TrackThenOutput);
        FlowKey packet = Packets.Tcp();
        uint id = bridge.Translate(packet).Recirculations.ShouldHaveSingleItem();

        packet.RecircId = id;
        packet.CtState = CtState.Tracked | CtState.New;
        TestSwitch.Outcome outcome = bridge.Translate(packet);
        outcome.Outputs.ShouldBe([102u]);
        outcome.Mask.RecircId.ShouldBe(uint.MaxValue);

        packet.CtState = CtState.Tracked | CtState.Established;
        bridge.Translate(packet).Outputs.ShouldBe([103u]);
    }

    [Fact]
    public void Equal_states_share_an_id_and_different_ones_do_not()
    {
        var bridge = new TestSwitch("""
            in_port=1,tcp,actions=ct(table=1)
            in_port=1,udp,actions=load:1->NXM_NX_REG5[],ct(table=1)
            in_port=1,icmp,actions=ct(table=2)
            in_port=2,ip,actions=ct(table=1)
            """);
        uint tcp = Id(Packets.Tcp());
        FlowKey other = Packets.Tcp();
        other.TpSrc = 4242;
        other.EthSrc = 0x0200_0000_0099;
        Id(other).ShouldBe(tcp);
        uint[] ids = [tcp, Id(Packets.Ipv4(IpProtocols.Udp)), Id(Packets.Ipv4(IpProtocols.Icmp)), Id(Packets.Tcp(inPort: 102))];
        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => id != 0);
        bridge.Factory.Recirculations.Count.ShouldBe(4);

        uint Id(FlowKey key) => bridge.Translate(key).Recirculations.ShouldHaveSingleItem();
    }

    [Fact]
    public void All_lanes_know_the_ids_of_each_other()
    {
        var bridge = new TestSwitch(TrackThenOutput);
        FlowKey packet = Packets.Tcp();
        packet.RecircId = bridge.Translate(packet).Recirculations.Single();
        packet.CtState = CtState.Tracked | CtState.New;
        FlowKey mask = default;
        var upcall = new UpcallView(packet, [], new byte[64], default, PacketCommand.Miss, []);
        Odp.Translation translation = bridge.Factory.Create(1).Translate(upcall, new byte[256], ref mask);
        translation.Error.ShouldBe(XlateError.None);
        translation.ActionsLength.ShouldBe(8);
    }

    [Fact]
    public void An_id_that_nobody_gave_out_drops_the_packet_and_installs_nothing()
    {
        var bridge = new TestSwitch("actions=2");
        FlowKey packet = Packets.Tcp();
        packet.RecircId = 77;
        TestSwitch.Outcome outcome = bridge.Translate(packet);
        outcome.Translation.Error.ShouldBe(XlateError.NoRecirculationContext);
        outcome.Translation.InstallFlow.ShouldBeFalse();
        outcome.Actions.ShouldBeEmpty();
    }

    [Fact]
    public void A_full_table_lets_go_of_states_out_of_use_and_never_gives_an_id_a_second_meaning()
    {
        var table = new RecirculationTable(capacity: 8);
        var tables = new FlowTables();
        tables.Apply(FlowSyntax.ParseFlow("ip,actions=move:NXM_OF_IP_SRC[]->NXM_NX_REG0[],"
            + "ct(table=1)"), FlowSyntax.ParseFlow("table=1,actions=output:NXM_NX_REG0[]"));
        var factory = new OpenFlowTranslatorFactory(
            [new Bridge("br0", FailMode.Secure, tables, [new BridgePort(1, 101, "p1"), new BridgePort(2, 102, "p2")])], table);
        IUpcallTranslator translator = factory.Create(0);
        var idOf = new Dictionary<uint, uint>();
        for (uint source = 1; source <= 100; source++)
        {
            uint id = Freeze(source);
            idOf.Values.ShouldNotContain(id);
            idOf[source] = id;
        }

        table.Count.ShouldBe(8);
        table.Evicted.ShouldBe(92);
        Thaw(idOf[1]).Error.ShouldBe(XlateError.NoRecirculationContext);
        Thaw(idOf[100]).Error.ShouldBe(XlateError.None);

        uint Freeze(uint source)
        {
            FlowKey key = Packets.Tcp();
            key.Ipv4Src = source;
            Span<byte> actions = new byte[256];
            FlowKey mask = default;
            Odp.Translation translation = translator.Translate(new UpcallView(key, [], new byte[64], default, PacketCommand.Miss, []),
                actions, ref mask);
            return new TestSwitch.Outcome(translation, actions[..translation.ActionsLength].ToArray(), mask).Recirculations.Single();
        }

        Odp.Translation Thaw(uint id)
        {
            FlowKey key = Packets.Tcp();
            key.RecircId = id;
            FlowKey mask = default;
            return translator.Translate(new UpcallView(key, [], new byte[64], default, PacketCommand.Miss, []), new byte[256], ref mask);
        }
    }

    [Fact]
    public void A_state_in_use_outlives_a_flood_of_others()
    {
        var table = new RecirculationTable(capacity: 8);
        var tables = new FlowTables();
        tables.Apply(FlowSyntax.ParseFlow("ip,actions=move:NXM_OF_IP_SRC[]->NXM_NX_REG0[],ct(table=1)"));
        IUpcallTranslator translator =
            new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, tables, [new BridgePort(1, 101, "p1")])], table).Create(0);
        uint used = Freeze(1);
        for (uint source = 2; source <= 100; source++)
        {
            Freeze(source);
            Freeze(1).ShouldBe(used);
        }

        uint Freeze(uint source)
        {
            FlowKey key = Packets.Tcp();
            key.Ipv4Src = source;
            Span<byte> actions = new byte[256];
            FlowKey mask = default;
            Odp.Translation translation = translator.Translate(new UpcallView(key, [], new byte[64], default, PacketCommand.Miss, []),
                actions, ref mask);
            return new TestSwitch.Outcome(translation, actions[..translation.ActionsLength].ToArray(), mask).Recirculations.Single();
        }
    }

    [Fact]
    public async Task An_id_that_was_given_out_stands_for_its_state_although_others_are_evicted_at_that_moment()
    {
        const int Capacity = 8;
        var table = new RecirculationTable(Capacity);
        var tables = new FlowTables();
        tables.Apply(FlowSyntax.ParseFlow("ip,actions=move:NXM_OF_IP_SRC[]->NXM_NX_REG0[],ct(table=1)"));
        var factory = new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, tables, [new BridgePort(1, 101, "p1")])], table);
        using var done = new CancellationTokenSource();
        var flood = Task.Run(() =>
        {
            IUpcallTranslator other = factory.Create(1);
            byte[] actions = new byte[256];
            for (uint source = 2; !done.IsCancellationRequested; source++)
                Translate(other, actions, source, recirculation: 0);
        });
        IUpcallTranslator lane = factory.Create(0);
        byte[] actions = new byte[256];
        int looked = 0;
        for (int i = 0; i < 100_000; i++)
        {
            long before = table.Evicted;
            int length = Translate(lane, actions, source: 1, recirculation: 0).ActionsLength;
            uint id = IdIn(actions.AsSpan(0, length));
            bool stands = Translate(lane, actions, source: 1, id).Error != XlateError.NoRecirculationContext;
            // One that was just asked for is spared by the hand once, so that it outlives this many others.
            if (table.Evicted - before >= Capacity - 1)
                continue;
            looked++;
            stands.ShouldBeTrue();
        }

        await done.CancelAsync();
        await flood.WaitAsync(TimeSpan.FromMinutes(1));
        looked.ShouldBeGreaterThan(0);

        static Odp.Translation Translate(IUpcallTranslator translator, byte[] actions, uint source, uint recirculation)
        {
            FlowKey key = Packets.Tcp();
            key.Ipv4Src = source;
            key.RecircId = recirculation;
            FlowKey mask = default;
            return translator.Translate(new UpcallView(key, [], new byte[64], default, PacketCommand.Miss, []), actions, ref mask);
        }

        static uint IdIn(ReadOnlySpan<byte> actions)
        {
            foreach (NetlinkAttribute action in new NetlinkAttributes(actions))
            {
                if (action.Type == OvsActionAttribute.Recirc)
                    return action.U32;
            }

            return 0;
        }
    }

    [Fact]
    public void Lanes_that_freeze_the_same_state_at_once_get_one_id()
    {
        var bridge = new TestSwitch("in_port=1,tcp,actions=move:NXM_OF_TCP_SRC[]->NXM_NX_REG0[0..15],ct(table=1)");
        var ids = new uint[4][];
        Parallel.For(0, ids.Length, lane =>
        {
            IUpcallTranslator translator = bridge.Factory.Create(lane);
            ids[lane] = [.. Enumerable.Range(0, 2000).Select(port => Freeze(translator, (ushort)port))];
        });
        foreach (uint[] lane in ids)
            lane.ShouldBe(ids[0]);
        ids[0].ShouldBeUnique();

        static uint Freeze(IUpcallTranslator translator, ushort port)
        {
            FlowKey key = Packets.Tcp();
            key.TpSrc = port;
            Span<byte> actions = stackalloc byte[64];
            FlowKey mask = default;
            Odp.Translation translation = translator.Translate(new UpcallView(key, [], new byte[64], default, PacketCommand.Miss, []),
                actions, ref mask);
            return new TestSwitch.Outcome(translation, actions[..translation.ActionsLength].ToArray(), mask).Recirculations.Single();
        }
    }
}
