using UpcallActors.Switch.Tests.Reconciling;

namespace UpcallActors.Switch.Tests.PacketIns;

/// <summary>Which packets wait, in which order they go, and which are dropped. Packets are named by their port.</summary>
public sealed class PacketInSchedulerTests
{
    private const int Rate = 100;
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1) / Rate;

    private readonly SteppedTime _time = new();

    [Theory]
    // Packets that may wait; those that come, in order; those that go then, in order. Digits are numbers of packets.
    [InlineData(5, "a1 a2 a3", "a1 a2 a3")]
    [InlineData(9, "a1 a2 a3 b1 b2 c1", "a1 b1 c1 a2 b2 a3")]
    [InlineData(9, "b1 a1 a2 b2", "b1 a1 b2 a2")]
    [InlineData(3, "a1 a2 a3 a4 a5", "a3 a4 a5")]
    [InlineData(3, "a1 a2 a3 b1", "a2 b1 a3")]
    [InlineData(3, "b1 a1 a2 a3 a4 a5", "b1 a4 a5")]
    [InlineData(4, "a1 a2 b1 b2 a3 a4 a5", "a4 b1 a5 b2")]
    [InlineData(2, "a1 b1 a2 b2 a3 b3", "a3 b3")]
    [InlineData(2, "a1 b1 c1", "b1 c1")]
    public void Ports_take_turns_and_the_longest_queue_loses_its_oldest_packet(int burst, string come, string go)
    {
        PacketInScheduler<string> scheduler = Emptied(burst);
        string[] packets = come.Split(' ');
        foreach (string packet in packets)
            scheduler.Add(packet[0], packet, length: 1);
        string[] expected = go.Split(' ');
        Assert.Equal((expected.Length, packets.Length, packets.Length - expected.Length), Counted(scheduler));

        var gone = new List<string>();
        while (scheduler.Wait is { } wait)
        {
            _time.Now += wait;
            Assert.True(scheduler.TryTake(out string? packet));
            gone.Add(packet);
        }

        Assert.Equal(expected, gone);
        Assert.Equal((0, packets.Length, packets.Length - expected.Length), Counted(scheduler));
    }

    [Fact]
    public void Nothing_passes_what_waits()
    {
        PacketInScheduler<string> scheduler = Emptied(burst: 5);
        Assert.Null(scheduler.Wait);
        scheduler.Add('a', "a1", length: 1);
        Assert.Equal(_interval, scheduler.Wait);
        Assert.False(scheduler.TryTake(out _));

        _time.Now += 2 * _interval;

        Assert.False(scheduler.TryPass());
        Assert.True(scheduler.TryTake(out _));
        Assert.True(scheduler.TryPass());
        Assert.False(scheduler.TryPass());
        Assert.Equal(6, scheduler.Bypassed);
    }

    [Fact]
    public void A_port_that_has_sent_one_packet_keeps_it_however_much_another_sends()
    {
        PacketInScheduler<string> scheduler = Emptied(burst: 25);
        for (int i = 0; i < 25; i++)
            scheduler.Add('a', "flood", length: 1);
        scheduler.Add('b', "b1", length: 1);
        for (int i = 0; i < 100_000; i++)
            scheduler.Add('a', "flood", length: 1);

        Assert.Equal(["flood", "b1", "flood"], scheduler.TakeAll().Take(3));
        Assert.Equal(100_001, scheduler.Dropped);
    }

    [Fact]
    public void Packets_of_the_largest_size_fill_no_more_memory_than_there_is_for_them()
    {
        const int Length = ushort.MaxValue;
        PacketInScheduler<string> scheduler = Emptied(burst: 1_000_000);

        for (int i = 0; i < 1000; i++)
            scheduler.Add((uint)i % 10, "a", Length);

        Assert.Equal(PacketInScheduler<string>.MostBytes / Length, scheduler.Backlog);
        Assert.Equal(1000 - scheduler.Backlog, scheduler.Dropped);
    }

    [Fact]
    public void When_fewer_may_wait_the_longest_queues_are_cut()
    {
        PacketInScheduler<string> scheduler = Emptied(burst: 6);
        foreach (string packet in "a1 a2 a3 a4 b1 b2".Split(' '))
            scheduler.Add(packet[0], packet, length: 1);

        scheduler.Limit(Rate, 3);

        Assert.Equal(3, scheduler.Dropped);
        Assert.Equal(["a4", "b1", "b2"], scheduler.TakeAll());
        Assert.Null(scheduler.Wait);
    }

    private PacketInScheduler<string> Emptied(int burst)
    {
        var scheduler = new PacketInScheduler<string>(_time, Rate, burst);
        for (int i = 0; i < burst && burst < 1000; i++)
            Assert.True(scheduler.TryPass());
        return scheduler;
    }

    private static (int Backlog, int Queued, int Dropped) Counted(PacketInScheduler<string> scheduler) =>
        (scheduler.Backlog, (int)scheduler.Queued, (int)scheduler.Dropped);
}
