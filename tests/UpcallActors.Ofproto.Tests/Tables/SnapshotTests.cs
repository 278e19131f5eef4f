using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class SnapshotTests
{
    private readonly FlowTables _tables = new();

    [Fact]
    public void As_many_as_want_to_read_at_once_each_keep_their_version()
    {
        const int Readers = 1_000;
        var snapshots = new TablesSnapshot[Readers];
        for (int i = 0; i < Readers; i++)
        {
            _tables.Apply(FlowSyntax.ParseFlow($"in_port=1,cookie={i},actions=1"));
            snapshots[i] = _tables.Read();
        }

        _tables.Apply(FlowSyntax.ParseFlow("delete"));
        for (int i = Readers - 1; i >= 0; i--)
        {
            CookieIn(snapshots[i]).ShouldBe((ulong)i);
            snapshots[i].Dispose();
        }

        using TablesSnapshot last = _tables.Read();
        CookieIn(last).ShouldBeNull();
    }

    [Fact]
    public void Reading_allocates_nothing_once_there_are_places_for_all_who_read()
    {
        _tables.Apply(FlowSyntax.ParseFlow("cookie=7,in_port=1,actions=1"));
        ulong found = Read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            found += Read();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        found.ShouldBe(7_007UL);

        ulong Read()
        {
            using TablesSnapshot one = _tables.Read();
            using TablesSnapshot other = _tables.Read();
            return CookieIn(one) ?? 0;
        }
    }

    [Fact]
    public void A_rule_that_is_gone_stays_for_its_reader_and_goes_when_that_one_has_ended()
    {
        _tables.Apply(FlowSyntax.ParseFlow("priority=2,ip,nw_dst=10.1.2.3,actions=1"), FlowSyntax.ParseFlow("priority=1,actions=drop"));
        TablesSnapshot reading = _tables.Read();
        _tables.Apply(FlowSyntax.ParseFlow("delete_strict priority=2,ip,nw_dst=10.1.2.3"));
        Flow flow = FlowSyntax.ParseMatch("ip,nw_dst=10.1.2.3").ToValue();
        Flow wildcards = default;
        reading.Lookup(0, flow, ref wildcards)!.Priority.ShouldBe((ushort)2);
        Flow more = default;
        _tables.Lookup(0, flow, ref more)!.Priority.ShouldBe((ushort)1);
        more.Key.Ipv4Dst.ShouldNotBe(0u, "the one that is gone is still passed");
        reading.Dispose();

        _tables.Expire(isAccounted: false);
        Flow less = default;
        _tables.Lookup(0, flow, ref less)!.Priority.ShouldBe((ushort)1);
        less.ShouldBe(default);
    }

    [Fact]
    public void A_translation_that_fails_keeps_no_rules_from_going()
    {
        var bridge = new TestSwitch("ip,nw_dst=10.1.2.3,actions=1\nactions=NORMAL", macLearning: new MacLearningTable(
            new FailingTime(), 64, MacLearningTable.DefaultIdleTime));
        Should.Throw<InvalidOperationException>(() => bridge.Translate(Packets.Tcp()));
        bridge.Add("delete");
        Flow wildcards = default;
        bridge.Tables.Lookup(0, default, ref wildcards).ShouldBeNull();
        wildcards.ShouldBe(default);
    }

    private static ulong? CookieIn(TablesSnapshot snapshot)
    {
        Flow flow = default;
        flow.InPort = 1;
        Flow wildcards = default;
        return snapshot.Lookup(0, flow, ref wildcards)?.Cookie;
    }

    private sealed class FailingTime : TimeProvider
    {
        public override long GetTimestamp() => throw new InvalidOperationException("no clock");
    }
}
