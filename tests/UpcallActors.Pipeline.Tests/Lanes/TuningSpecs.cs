using System.Collections.Frozen;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What is changed while a pipeline runs.</summary>
public sealed class TuningSpecs() : PipelineSpec("own { type = PinnedDispatcher }")
{
    private const int Upcalled = 64;

    [Fact]
    public async Task Batches_that_begin_later_are_as_large_as_they_are_set_to_be()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        pipeline.Tune(tuning => tuning with { BatchSize = 4 });
        (await BatchesOfAsync(pipeline, datapath)).ShouldBeGreaterThanOrEqualTo(Upcalled / 4);
        pipeline.Tune(tuning => tuning with { BatchSize = Upcalled });
        (await BatchesOfAsync(pipeline, datapath)).ShouldBe(1);
        pipeline.Counters.Executes.ShouldBe(datapath.UpcallsQueued);
    }

    [Fact]
    public async Task A_port_with_a_share_of_its_own_fills_as_much_and_no_more()
    {
        UpcallPipelineSettings settings = new() { BatchSize = 16, BatchesPerLane = 8, ExecutorDispatcher = "own" };
        const int Capacity = 8 * 16;
        using var datapath = new ScriptedDatapath();
        var gate = new Gate();
        datapath.Refuse = _ => gate.Pass();
        await using UpcallPipeline pipeline = Start(datapath, settings);
        using Gate opened = gate;
        // All batches but the one in the receiver's hand: from now on shares count.
        datapath.Upcall(Enumerable.Range(0, Capacity - settings.BatchSize).Select(i => Upcalls.Miss(1, (uint)i)));
        await Until(() => pipeline.Counters.Received == Capacity - settings.BatchSize
            && pipeline.Counters.CreditsInUse == settings.BatchesPerLane);

        pipeline.Tune(tuning => tuning with { PortShares = new Dictionary<uint, double> { [1] = 1, [2] = 0.001 }.ToFrozenDictionary() });
        datapath.Upcall(Enumerable.Range(0, 3).Select(i => Upcalls.Miss(2, 1000 + (uint)i)));
        await Until(() => pipeline.Counters.ByPort().GetValueOrDefault(2U) == new PortCounts(3, 2));
        datapath.Upcall(Enumerable.Range(0, 3).Select(i => Upcalls.Miss(1, 2000 + (uint)i)));
        await Until(() => pipeline.Counters.ByPort()[1].Received == Capacity - settings.BatchSize + 3);
        pipeline.Counters.ByPort()[1].Shed.ShouldBe(0);

        pipeline.Tune(tuning => tuning with { PortShares = FrozenDictionary<uint, double>.Empty });
        datapath.Upcall(Upcalls.Miss(1, 3000));
        await Until(() => pipeline.Counters.ByPort()[1].Shed == 1);
        gate.Open();
        await Idle(pipeline, datapath);
    }

    [Fact]
    public async Task Values_outside_their_ranges_are_refused_and_change_nothing()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        LaneTuning before = pipeline.Tuning;
        LaneTuning[] wrong =
        [
            new() { BatchSize = 0 },
            new() { BatchSize = 65 },
            new() { PortShare = 0 },
            new() { PortShares = new Dictionary<uint, double> { [1] = 1.5 }.ToFrozenDictionary() },
        ];
        foreach (LaneTuning tuning in wrong)
            Should.Throw<ArgumentOutOfRangeException>(() => pipeline.Tune(_ => tuning), tuning.ToString());
        pipeline.Tuning.ShouldBeSameAs(before);
    }

    /// <summary>Batches that take upcalls which come at once; one upcall goes before, in the batch that was begun already.</summary>
    private async Task<long> BatchesOfAsync(UpcallPipeline pipeline, ScriptedDatapath datapath)
    {
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);
        long before = pipeline.Counters.Lanes[0].Batches;
        datapath.Upcall(Enumerable.Range(0, Upcalled).Select(i => Upcalls.Miss(1, (uint)i)));
        await Idle(pipeline, datapath);
        return pipeline.Counters.Lanes[0].Batches - before;
    }
}
