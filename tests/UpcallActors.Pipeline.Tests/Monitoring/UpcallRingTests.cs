using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline.Tests;

/// <summary>The queue between lanes and who watches.</summary>
public sealed class UpcallRingTests
{
    [Fact]
    public void It_is_full_when_all_places_are_taken_and_keeps_the_order()
    {
        var ring = new UpcallRing(4);
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 4; i++)
                ring.TryAdd(Upcall(i)).ShouldBeTrue();
            ring.TryAdd(Upcall(9)).ShouldBeFalse();
            for (int i = 0; i < 4; i++)
            {
                ring.TryTake(out MonitoredUpcall? upcall).ShouldBeTrue();
                upcall.Lane.ShouldBe(i);
            }

            ring.TryTake(out _).ShouldBeFalse();
            ring.IsEmpty.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_between_several_writers_and_a_reader()
    {
        const int Writers = 3;
        const int Each = 20_000;
        var ring = new UpcallRing(64);
        long refused = 0;
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                if (!ring.TryAdd(Upcall(writer, i)))
                    Interlocked.Increment(ref refused);
            }
        }))];
        Task done = Task.WhenAll(writers);
        int[] last = [-1, -1, -1];
        long taken = 0;
        while (true)
        {
            bool ended = done.IsCompleted;
            while (ring.TryTake(out MonitoredUpcall? upcall))
            {
                // Of one writer, in its order.
                upcall.PacketLength.ShouldBeGreaterThan(last[upcall.Lane]);
                last[upcall.Lane] = upcall.PacketLength;
                taken++;
            }

            if (ended)
                break;
        }

        await done;
        (taken + refused).ShouldBe(Writers * Each);
        taken.ShouldBeGreaterThan(0);
    }

    private static MonitoredUpcall Upcall(int lane, int number = 0) => new()
    {
        Number = number,
        TimeNanoseconds = 0,
        Latency = TimeSpan.Zero,
        Lane = lane,
        Class = UpcallClass.Miss,
        DatapathPort = 0,
        Key = default,
        Packet = default,
        PacketLength = number,
        Mru = 0,
        ClampedMru = 0,
        Actions = default,
        FlowPut = false,
        IsDuplicate = false,
        Error = XlateError.None,
        ExecuteError = Errno.None,
        FlowPutError = Errno.None,
    };
}
