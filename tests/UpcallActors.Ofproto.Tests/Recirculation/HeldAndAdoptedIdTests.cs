using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Recirculation ids of flows in the datapath: kept while the flows are, and taken over from an earlier run.</summary>
public class HeldAndAdoptedIdTests
{
    private const string SendToThePortOfTheAddress =
        "ip,actions=move:NXM_OF_IP_SRC[]->NXM_NX_REG0[],ct(table=1)\ntable=1,actions=output:NXM_NX_REG0[0..15]";

    private readonly RecirculationTable _table;
    private readonly IRecirculationIds _ids;
    private readonly IUpcallTranslator _translator;

    public HeldAndAdoptedIdTests()
    {
        _table = new RecirculationTable(capacity: 8);
        _ids = _table;
        var tables = new FlowTables();
        tables.Apply([.. FlowSyntax.ParseFile(SendToThePortOfTheAddress).Changes]);
        BridgePort[] ports = [new(1, 101, "p1"), new(2, 102, "p2"), new(3, 103, "p3")];
        _translator = new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, tables, ports)], _table).Create(0);
    }

    [Fact]
    public void An_id_that_flows_hold_outlives_a_flood_of_others_until_the_last_flow_is_gone()
    {
        uint held = IdOf(2);
        _ids.TryHold(held).ShouldBeTrue();
        _ids.TryHold(held).ShouldBeTrue();
        Flood(from: 1000);
        OutputOf(held).ShouldBe(102u);
        _table.Count.ShouldBe(9);

        _ids.Release(held);
        Flood(from: 2000);
        OutputOf(held).ShouldBe(102u);

        _ids.Release(held);
        Flood(from: 3000);
        OutputOf(held).ShouldBeNull();
        _table.Count.ShouldBe(8);
    }

    [Fact]
    public void Held_ids_of_any_number_stay_and_leave_room_for_others()
    {
        uint[] held = [.. Enumerable.Range(1000, 100).Select(state => IdOf((uint)state))];
        held.ShouldBeUnique();
        uint[] again = [.. Enumerable.Range(1000, 100).Select(state =>
        {
            uint id = IdOf((uint)state);
            _ids.TryHold(id).ShouldBeTrue();
            return id;
        })];
        Enumerable.Range(1000, 100).Select(state => IdOf((uint)state)).ShouldBe(again);
        IdOf(2).ShouldBe(IdOf(2));
    }

    [Fact]
    public void Holding_and_releasing_ids_that_nobody_gave_out_does_nothing()
    {
        _ids.TryHold(77).ShouldBeFalse();
        _ids.Release(77);
        _ids.Release(IdOf(2));
        OutputOf(IdOf(2)).ShouldBe(102u);
        _table.Count.ShouldBe(1);
    }

    [Fact]
    public void An_adopted_id_stands_for_the_state_from_then_on()
    {
        _ids.Reserve(40);
        uint own = IdOf(2);
        own.ShouldBeGreaterThan(40u);

        _ids.TryAdopt(40, own).ShouldBeTrue();
        _ids.TryAdopt(40, own).ShouldBeTrue("it stands for the same already");

        IdOf(2).ShouldBe(40u);
        OutputOf(40).ShouldBe(102u);
        OutputOf(own).ShouldBe(102u, "a packet may be on its way with it");
    }

    [Fact]
    public void An_id_is_adopted_for_one_state_only()
    {
        _ids.TryAdopt(40, IdOf(2)).ShouldBeTrue();
        _ids.TryAdopt(40, IdOf(3)).ShouldBeFalse();
        _ids.TryAdopt(41, 9999).ShouldBeFalse("nobody gave out 9999");
        _ids.TryAdopt(0, IdOf(3)).ShouldBeFalse("0 says: not recirculated");
        OutputOf(40).ShouldBe(102u);
        IdOf(2).ShouldBe(40u);
    }

    [Fact]
    public void Of_two_ids_adopted_for_one_state_both_are_understood_and_the_first_is_given_out()
    {
        _ids.TryAdopt(40, IdOf(2)).ShouldBeTrue();
        _ids.TryAdopt(41, IdOf(2)).ShouldBeTrue();
        IdOf(2).ShouldBe(40u);
        OutputOf(41).ShouldBe(102u);
    }

    [Fact]
    public void An_id_that_flows_of_ours_hold_stays_the_one_that_is_given_out()
    {
        uint own = IdOf(2);
        _ids.TryHold(own).ShouldBeTrue();
        _ids.TryAdopt(40, own).ShouldBeTrue();
        IdOf(2).ShouldBe(own);
        OutputOf(40).ShouldBe(102u);
    }

    [Fact]
    public void Fresh_ids_pass_over_adopted_ones()
    {
        uint next = IdOf(2) + 1;
        _ids.TryAdopt(next, IdOf(2)).ShouldBeTrue();
        IdOf(3).ShouldBeGreaterThan(next);
        OutputOf(next).ShouldBe(102u);
    }

    private void Flood(uint from)
    {
        for (uint state = from; state < from + 100; state++)
            IdOf(state);
    }

    private uint IdOf(uint state)
    {
        FlowKey key = Packets.Tcp();
        key.Ipv4Src = state;
        Span<byte> actions = new byte[256];
        FlowKey mask = default;
        Odp.Translation translation = _translator.Retranslate(key, default, actions, ref mask);
        return new TestSwitch.Outcome(translation, actions[..translation.ActionsLength].ToArray(), mask).Recirculations.Single();
    }

    private uint? OutputOf(uint id)
    {
        FlowKey key = Packets.Tcp(inPort: 103);
        key.RecircId = id;
        Span<byte> actions = new byte[256];
        FlowKey mask = default;
        Odp.Translation translation = _translator.Retranslate(key, default, actions, ref mask);
        if (translation.Error == XlateError.NoRecirculationContext)
            return null;
        return new TestSwitch.Outcome(translation, actions[..translation.ActionsLength].ToArray(), mask).Outputs.Single();
    }
}
