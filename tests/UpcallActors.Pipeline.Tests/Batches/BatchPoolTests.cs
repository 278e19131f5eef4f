using System.ComponentModel;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Whoever holds a batch no longer can do nothing with it.</summary>
public sealed class BatchPoolTests
{
    [Fact]
    public void A_return_of_an_older_generation_is_counted_and_takes_nothing_from_its_new_owner()
    {
        var counters = new LaneCounters();
        var pool = new BatchPool(2, 1, new PortTable(), counters);
        pool.TryRent(out UpcallBatch? batch).ShouldBeTrue();
        long generation = batch!.Generation;
        pool.Return(batch, generation);
        pool.TryRent(out UpcallBatch? again).ShouldBeTrue();
        again.ShouldBeSameAs(batch, "last in, first out");

        pool.Return(batch, generation);

        counters.StaleBatches.ShouldBe(1);
        again!.Owner.ShouldBe(BatchOwner.Receiver);
        pool.Free.ShouldBe(1);
        pool.Return(again, again.Generation);
        pool.Close();
    }

    [Fact]
    public void A_stage_takes_only_what_was_handed_to_it_and_only_once()
    {
        var pool = new BatchPool(2, 1, new PortTable(), new LaneCounters());
        var routing = new StageQueue(BatchOwner.Router, 2);
        pool.TryRent(out UpcallBatch? batch).ShouldBeTrue();

        routing.TryTake(batch!).ShouldBeFalse();
        batch!.TryHandOver(BatchOwner.Receiver, BatchOwner.Router).ShouldBeTrue();
        batch.TryHandOver(BatchOwner.Receiver, BatchOwner.Router).ShouldBeFalse();
        routing.TryTake(batch).ShouldBeTrue();
        routing.TryTake(batch).ShouldBeFalse();

        routing.Dequeue().ShouldBe((batch, batch.Generation));
        pool.Return(batch, batch.Generation);
        pool.Close();
    }

    [Fact]
    public void Batches_that_are_never_needed_take_no_address_space()
    {
        var pool = new BatchPool(32, 64, new PortTable(), new LaneCounters());
        pool.Batches.Count(batch => batch.IsReserved).ShouldBe(BatchPool.Least);
        for (int round = 0; round < 10; round++)
        {
            pool.TryRent(out UpcallBatch? first).ShouldBeTrue();
            pool.TryRent(out UpcallBatch? second).ShouldBeTrue();
            pool.TryRent(out UpcallBatch? third).ShouldBeTrue();
            pool.Return(second, second.Generation);
            pool.Return(first, first.Generation);
            pool.Return(third, third.Generation);
        }

        pool.Batches.Count(batch => batch.IsReserved).ShouldBe(3);
        (pool.Credits, pool.Free, pool.WithoutMemory).ShouldBe((32, 32, 0));
        pool.Close();
        pool.Free.ShouldBe(32);
    }

    [Fact]
    public void A_lane_goes_on_with_the_batches_that_there_is_memory_for()
    {
        var pool = new BatchPool(8, 4, new PortTable(), new LaneCounters(), batch =>
        {
            if (batch.Index >= 4)
                throw new Win32Exception(12);
            batch.Reserve();
        });
        var rented = new List<UpcallBatch>();
        while (pool.TryRent(out UpcallBatch? batch))
            rented.Add(batch);

        rented.Select(batch => batch.Index).ShouldBe([0, 1, 2, 3]);
        (pool.Credits, pool.Free, pool.WithoutMemory, pool.IsFull).ShouldBe((4, 0, 4, false));
        foreach (UpcallBatch batch in rented)
            pool.Return(batch, batch.Generation);
        (pool.Credits, pool.Free, pool.IsFull).ShouldBe((4, 4, true));
        pool.TryRent(out _).ShouldBeTrue();
        pool.Close();
    }

    [Fact]
    public void Without_memory_for_two_batches_there_is_no_lane()
    {
        UpcallBatch? first = null;
        Should.Throw<Win32Exception>(() => new BatchPool(8, 4, new PortTable(), new LaneCounters(), batch =>
        {
            if (batch.Index == 1)
                throw new Win32Exception(12);
            first = batch;
            batch.Reserve();
        }));
        Should.Throw<ArgumentOutOfRangeException>(() => first!.Arena.Slice(0, 1));
    }
}
