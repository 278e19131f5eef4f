using System.Diagnostics;

namespace UpcallActors.Ofproto.Tests;

public class MacLearningTableTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_station_is_found_where_it_was_last_heard()
    {
        MacLearningTable table = Table();
        table.Learn(0x0200_0000_0001, 0, 1);
        table.TryLookup(0x0200_0000_0001, 0, out uint port).ShouldBeTrue();
        port.ShouldBe(1u);

        table.Learn(0x0200_0000_0001, 0, 2);
        table.TryLookup(0x0200_0000_0001, 0, out port).ShouldBeTrue();
        port.ShouldBe(2u);
        table.Moved.ShouldBe(1);
        table.Count.ShouldBe(1);
    }

    [Fact]
    public void Each_vlan_learns_for_itself()
    {
        MacLearningTable table = Table();
        table.Learn(0x0200_0000_0001, 5, 1);
        table.TryLookup(0x0200_0000_0001, 6, out _).ShouldBeFalse();
        table.Learn(0x0200_0000_0001, 6, 2);
        table.TryLookup(0x0200_0000_0001, 5, out uint port).ShouldBeTrue();
        port.ShouldBe(1u);
    }

    [Fact]
    public void A_multicast_source_is_not_learned()
    {
        MacLearningTable table = Table();
        table.Learn(0x0100_5e00_0001, 0, 1);
        table.Count.ShouldBe(0);
    }

    [Fact]
    public void A_silent_station_is_forgotten_and_a_talking_one_is_not()
    {
        MacLearningTable table = Table();
        table.Learn(0x0200_0000_0001, 0, 1);
        table.Learn(0x0200_0000_0002, 0, 2);
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(100));
            table.Learn(0x0200_0000_0002, 0, 2);
        }

        table.TryLookup(0x0200_0000_0001, 0, out _).ShouldBeFalse();
        table.TryLookup(0x0200_0000_0002, 0, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_full_table_makes_room_and_stays_bounded()
    {
        MacLearningTable table = Table(capacity: 16);
        for (ulong station = 0; station < 1000; station++)
            table.Learn(0x0200_0000_0000 + station, 0, 1);
        table.Count.ShouldBe(16);
        table.Evicted.ShouldBe(1000 - 16);
        table.TryLookup(0x0200_0000_0000UL + 999, 0, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_flood_of_addresses_does_not_push_out_a_station_in_use()
    {
        MacLearningTable table = Table(capacity: 16);
        table.Learn(0x0200_0000_0001, 0, 2);
        for (ulong station = 0; station < 1000; station++)
        {
            table.Learn(0x0600_0000_0000 + station, 0, 1);
            table.Learn(0x0200_0000_0001, 0, 2);
        }

        table.TryLookup(0x0200_0000_0001, 0, out uint port).ShouldBeTrue();
        port.ShouldBe(2u);
    }

    [Fact]
    public void Entries_whose_time_is_over_make_room_without_being_counted_as_pushed_out()
    {
        MacLearningTable table = Table(capacity: 4);
        for (ulong station = 0; station < 4; station++)
            table.Learn(0x0200_0000_0000 + station, 0, 1);
        _time.Advance(TimeSpan.FromSeconds(301));
        for (ulong station = 10; station < 14; station++)
            table.Learn(0x0200_0000_0000 + station, 0, 1);
        table.Evicted.ShouldBe(0);
        table.Count.ShouldBe(4);
    }

    [Fact]
    public void News_and_moves_make_a_new_version_and_hearing_a_station_again_does_not()
    {
        MacLearningTable table = Table();
        int raised = 0;
        table.Changed += (_, _) => raised++;
        ulong version = table.Version;
        table.Learn(0x0200_0000_0001, 0, 1);
        table.Version.ShouldBe(++version);
        _time.Advance(TimeSpan.FromSeconds(200));
        table.Learn(0x0200_0000_0001, 0, 1);
        table.Version.ShouldBe(version);
        table.Learn(0x0200_0000_0001, 0, 2);
        table.Version.ShouldBe(++version);
        table.Flush();
        table.Version.ShouldBe(++version);
        raised.ShouldBe(3);
    }

    [Fact]
    public void A_station_that_falls_silent_is_news_when_it_expires_and_when_it_is_heard_again()
    {
        MacLearningTable table = Table();
        table.Learn(0x0200_0000_0001, 0, 1);
        table.Learn(0x0200_0000_0002, 0, 1);
        ulong version = table.Version;
        table.Expire();
        table.Version.ShouldBe(version);

        _time.Advance(TimeSpan.FromSeconds(301));
        table.Learn(0x0200_0000_0002, 0, 1);
        table.Version.ShouldBe(version + 1, "lookups had no answer for a while");
        table.Expire();
        table.Version.ShouldBe(version + 2);
        table.Count.ShouldBe(1);
        table.Learn(0x0200_0000_0001, 0, 1);
        table.Version.ShouldBe(version + 3);
    }

    [Fact]
    public void A_flush_forgets_all()
    {
        MacLearningTable table = Table();
        table.Learn(0x0200_0000_0001, 0, 1);
        table.Flush();
        table.TryLookup(0x0200_0000_0001, 0, out _).ShouldBeFalse();
        table.Count.ShouldBe(0);
    }

    [Fact]
    public void Entries_behind_some_ports_are_forgotten_static_ones_too_and_others_stay()
    {
        MacLearningTable table = Table(capacity: 8);
        int raised = 0;
        table.Learn(0x0200_0000_0001, 0, 1);
        table.TryAddStatic(0x0200_0000_0011, 5, 1).ShouldBeTrue();
        table.Learn(0x0200_0000_0002, 0, 2);
        table.TryAddStatic(0x0200_0000_0012, 0, 2).ShouldBeTrue();
        table.Changed += (_, _) => raised++;
        ulong version = table.Version;
        table.Forget(new HashSet<uint> { 3, 4 });
        (table.Count, table.Version, raised).ShouldBe((4, version, 0));
        table.Forget(new HashSet<uint> { 1, 3 });
        (table.Version, raised, table.StaticCount).ShouldBe((version + 1, 1, 1));
        table.List().Select(entry => entry.Address).ShouldBe([0x0200_0000_0002UL, 0x0200_0000_0012UL], ignoreOrder: true);
        // Their places are free again.
        for (ulong address = 1; address <= 6; address++)
            table.Learn(0x0200_0000_0100 + address, 0, 1);
        (table.Count, table.Evicted).ShouldBe((8, 0));
    }

    [Fact]
    public void Lanes_that_learn_at_once_agree_and_keep_the_bound()
    {
        MacLearningTable table = Table(capacity: 64);
        Parallel.For(0, 4, lane =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                ulong station = 0x0200_0000_0000 + (ulong)(i % 200);
                table.Learn(station, 0, (uint)(station % 7) + 1);
                if (table.TryLookup(station, 0, out uint port) && port != (uint)(station % 7) + 1)
                    throw new UnreachableException($"station {station:x} on port {port}");
            }
        });
        table.Count.ShouldBeLessThanOrEqualTo(64);
    }

    [Fact]
    public void Hearing_a_known_station_again_allocates_nothing()
    {
        MacLearningTable table = Table();
        table.Learn(0x0200_0000_0001, 0, 1);
        SteadyState.AllocatedBytes(500, () =>
        {
            table.Learn(0x0200_0000_0001, 0, 1);
            table.TryLookup(0x0200_0000_0001, 0, out _);
        }).ShouldBe(0);
    }

    private MacLearningTable Table(int capacity = 1024) => new(_time, capacity, MacLearningTable.DefaultIdleTime);
}
