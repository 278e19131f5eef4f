using UpcallActors.Ofproto;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>Stations that are put in and taken out by hand; the texts are those of <c>ovs-vswitchd</c> 3.1.</summary>
public sealed class FdbCommandTests
{
    private const ulong Station = 0x0200_0000_0009;

    [Fact]
    public async Task A_station_that_is_put_in_stays_until_it_is_taken_out()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("fdb/add", "br0", "ovs-p0", "0", "02:00:00:00:00:09")).ShouldBeEmpty();
        (await daemon.PrintAsync("fdb/add", "br0", "br0", "5", "02:00:00:00:00:0b")).ShouldBeEmpty();
        daemon.Bridge.MacLearning.Learn(0x0200_0000_000c, 0, 2);
        string[] lines = (await daemon.PrintAsync("fdb/show", "br0")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe(" port  VLAN  MAC                Age");
        lines.Skip(1).ShouldBe(
            ["    1     0  02:00:00:00:00:09  static", "LOCAL     5  02:00:00:00:00:0b  static", "    2     0  02:00:00:00:00:0c    0"],
            ignoreOrder: true);

        // Neither a packet from elsewhere moves it, nor does a flush take it away.
        daemon.Bridge.MacLearning.Learn(Station, 0, 2);
        daemon.Bridge.MacLearning.TryLookup(Station, 0, out uint port).ShouldBeTrue();
        port.ShouldBe(1U);
        (await daemon.PrintAsync("fdb/flush", "br0")).ShouldBe("table successfully flushed\n");
        daemon.Bridge.MacLearning.Count.ShouldBe(2);
        (await daemon.PrintAsync("fdb/stats-show", "br0")).ShouldContain("""
              Current/maximum MAC entries in the table: 2/8192
              Current static MAC entries in the table : 2

            """);

        (await daemon.PrintAsync("fdb/del", "br0", "0", "02:00:00:00:00:09")).ShouldBeEmpty();
        daemon.Bridge.MacLearning.TryLookup(Station, 0, out _).ShouldBeFalse();
        (await daemon.FailAsync("fdb/del", "br0", "0", "02:00:00:00:00:09")).ShouldBe("could not find static mac entry\n");
    }

    [Fact]
    public async Task What_is_put_in_again_is_somewhere_else()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Bridge.MacLearning.Learn(Station, 0, 2);
        ulong before = daemon.Bridge.MacLearning.Version;
        await daemon.PrintAsync("fdb/add", "br0", "ovs-p0", "0", "02:00:00:00:00:09");
        await daemon.PrintAsync("fdb/add", "br0", "ovs-p1", "0", "02:00:00:00:00:09");
        daemon.Bridge.MacLearning.TryLookup(Station, 0, out uint port).ShouldBeTrue();
        port.ShouldBe(2U);
        daemon.Bridge.MacLearning.StaticCount.ShouldBe(1);
        // Flows that went by where it was are translated again.
        daemon.Bridge.MacLearning.Version.ShouldBeGreaterThan(before);
    }

    [Fact]
    public async Task Statistics_are_cleared_of_one_bridge_or_of_all()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Bridge.MacLearning.Learn(Station, 0, 1);
        (await daemon.PrintAsync("fdb/stats-show", "br0")).ShouldContain("  Total number of learned MAC entries     : 1\n");
        (await daemon.PrintAsync("fdb/stats-clear", "br0")).ShouldBe("statistics successfully cleared\n");
        (await daemon.PrintAsync("fdb/stats-show", "br0")).ShouldContain("  Total number of learned MAC entries     : 0\n");
        (await daemon.PrintAsync("fdb/stats-clear")).ShouldBe("statistics successfully cleared\n");
    }

    [Theory]
    [InlineData("no such bridge", "fdb/add", "nosuch", "ovs-p0", "0", "02:00:00:00:00:09")]
    [InlineData("software error, odp port is present but no ofp port", "fdb/add", "br0", "nosuch", "0", "02:00:00:00:00:09")]
    [InlineData("bad MAC address", "fdb/add", "br0", "ovs-p0", "0", "02:00:00")]
    [InlineData("bad MAC address", "fdb/add", "br0", "ovs-p0", "0", "02:00:00:00:00:0g")]
    [InlineData("no such bridge", "fdb/del", "nosuch", "0", "02:00:00:00:00:09")]
    [InlineData("bad MAC address", "fdb/del", "br0", "0", "zz")]
    [InlineData("no such bridge", "fdb/stats-clear", "nosuch")]
    public async Task What_is_wrong_is_said_in_Open_vSwitchs_words(string problem, string command, params string[] arguments)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.FailAsync(command, arguments)).ShouldBe(problem + "\n");
    }

    [Fact]
    public void A_flood_of_addresses_pushes_nothing_out_that_was_put_in()
    {
        var table = new MacLearningTable(TimeProvider.System, capacity: 8, MacLearningTable.DefaultIdleTime);
        for (uint i = 0; i < 7; i++)
            table.TryAddStatic(0x0200_0000_0000UL + i, 0, i).ShouldBeTrue();
        // One place is left for who is heard: without it nobody could be.
        table.TryAddStatic(0x0200_0000_0100, 0, 9).ShouldBeFalse();
        for (uint i = 0; i < 100; i++)
            table.Learn(0x0400_0000_0000UL + i, 0, 1);
        table.Count.ShouldBe(8);
        for (uint i = 0; i < 7; i++)
        {
            table.TryLookup(0x0200_0000_0000UL + i, 0, out uint port).ShouldBeTrue();
            port.ShouldBe(i);
        }
    }
}
