using Akka.TestKit;

namespace UpcallActors.Pipeline.Tests;

/// <summary>The queue between the lanes and the one who reads what is for controllers.</summary>
public sealed class ControllerQueueTests : PipelineSpec
{
    private const string Told = "told";

    private readonly ControllerQueue _queue = new();
    private readonly TestProbe _reader;

    public ControllerQueueTests()
    {
        _reader = CreateTestProbe();
        _queue.Attach(_reader.Ref, Told);
    }

    [Fact]
    public void Messages_come_out_whole_and_in_order_however_often_the_queue_goes_around()
    {
        for (int round = 0; round < 5 * ControllerQueue.Capacity; round++)
        {
            _queue.TryAdd(Upcall(round, 100 + (round % 7)), port: 1, upcallPid: (uint)round).ShouldBeTrue();
            _queue.TryAdd(Upcall(round + 1, 65_840), port: 2, upcallPid: 0).ShouldBeTrue();

            _queue.TryTake(out QueuedUpcall first).ShouldBeTrue();
            first.UpcallPid.ShouldBe((uint)round);
            first.Message.AsSpan().SequenceEqual(Upcall(round, 100 + (round % 7))).ShouldBeTrue();
            _queue.TryTake(out QueuedUpcall second).ShouldBeTrue();
            second.Message.AsSpan().SequenceEqual(Upcall(round + 1, 65_840)).ShouldBeTrue();
            _queue.TryTake(out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_port_that_floods_is_refused_while_a_quiet_one_finds_a_place()
    {
        int flooded = Fill(port: 1);
        flooded.ShouldBe(ControllerQueue.Capacity / 2);
        int other = Fill(port: 2);
        other.ShouldBe(ControllerQueue.Capacity / 4);
        _queue.TryAdd(Upcall(0, 50), port: 3, upcallPid: 0).ShouldBeTrue();
        _queue.TryAdd(Upcall(0, 50), port: 1, upcallPid: 0).ShouldBeFalse();

        // What is read makes room for the port that holds less.
        for (int i = 0; i < 10; i++)
            _queue.TryTake(out _).ShouldBeTrue();
        _queue.TryAdd(Upcall(0, 50), port: 1, upcallPid: 0).ShouldBeFalse();
        _queue.TryAdd(Upcall(0, 50), port: 2, upcallPid: 0).ShouldBeTrue();
    }

    [Fact]
    public void Many_flooding_ports_together_leave_no_place_over_and_none_is_shut_out()
    {
        for (uint port = 0; port < 1000; port++)
            Fill(port);
        int[] held = new int[1000];
        int all = 0;
        while (_queue.TryTake(out QueuedUpcall upcall))
        {
            held[upcall.UpcallPid]++;
            all++;
        }

        all.ShouldBe(ControllerQueue.Capacity);
        held[..9].ShouldAllBe(places => places > 0);
    }

    [Fact]
    public void The_reader_is_told_once_until_it_has_read_all()
    {
        for (int i = 0; i < 3; i++)
        {
            _queue.TryAdd(Upcall(i, 50), 1, 0);
            _queue.Notify();
        }

        _reader.ExpectMsg(Told);
        _queue.TryTake(out _).ShouldBeTrue();
        _queue.TryFinish().ShouldBeFalse();
        while (_queue.TryTake(out _))
        {
        }

        _queue.TryFinish().ShouldBeTrue();
        _queue.TryAdd(Upcall(9, 50), 1, 0);
        _queue.Notify();
        _reader.ExpectMsg(Told);
        _reader.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void Without_a_reader_nothing_is_kept_and_nothing_refused()
    {
        _queue.Detach();
        for (int i = 0; i < 2 * ControllerQueue.Capacity; i++)
            _queue.TryAdd(Upcall(i, 50), 1, 0).ShouldBeTrue();
        _queue.Notify();
        _queue.TryTake(out _).ShouldBeFalse();
        _reader.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void What_waited_for_the_last_reader_is_the_next_ones()
    {
        _queue.TryAdd(Upcall(1, 50), 1, 0);
        _queue.Detach();
        TestProbe next = CreateTestProbe();
        _queue.Attach(next.Ref, Told);
        next.ExpectMsg(Told);
        _queue.TryTake(out QueuedUpcall upcall).ShouldBeTrue();
        upcall.Message.ShouldBe(Upcall(1, 50));
    }

    [Fact]
    public void A_reader_that_comes_after_the_end_gets_nothing()
    {
        _queue.TryAdd(Upcall(1, 50), 1, 0);
        _queue.Close();
        _queue.Attach(_reader.Ref, Told);
        _queue.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void A_lane_allocates_nothing_for_it()
    {
        byte[] upcall = Upcall(1, 1500);
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < ControllerQueue.Capacity; i++)
                _queue.TryAdd(upcall, 1, 0);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
            while (_queue.TryTake(out _))
            {
            }
        }
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_between_several_lanes_and_the_reader()
    {
        const int Lanes = 3;
        const int Each = 20_000;
        long refused = 0;
        Task[] lanes = [.. Enumerable.Range(0, Lanes).Select(lane => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                if (!_queue.TryAdd(BitConverter.GetBytes(i), (uint)lane, (uint)lane))
                    Interlocked.Increment(ref refused);
            }
        }))];
        Task done = Task.WhenAll(lanes);
        int[] last = [-1, -1, -1];
        long taken = 0;
        while (true)
        {
            bool ended = done.IsCompleted;
            while (_queue.TryTake(out QueuedUpcall upcall))
            {
                int number = BitConverter.ToInt32(upcall.Message);
                number.ShouldBeGreaterThan(last[upcall.UpcallPid]);
                last[upcall.UpcallPid] = number;
                taken++;
            }

            if (ended)
                break;
        }

        await done;
        (taken + refused).ShouldBe(Lanes * Each);
        taken.ShouldBeGreaterThan(0);
    }

    protected override void Dispose(bool disposing)
    {
        _queue.Close();
        base.Dispose(disposing);
    }

    private int Fill(uint port)
    {
        int added = 0;
        while (_queue.TryAdd(Upcall(added, 50), port, port))
            added++;
        return added;
    }

    private static byte[] Upcall(int number, int length)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, (byte)number);
        return bytes;
    }
}
