using UpcallActors.Linux;

namespace UpcallActors.Pipeline.Tests;

/// <summary>More upcalls than can be executed: what happens is bounded, fair and counted.</summary>
public sealed class OverloadSpecs() : PipelineSpec("own { type = PinnedDispatcher }")
{
    private const int Capacity = 8 * 16;

    private static readonly UpcallPipelineSettings Small = new() { BatchSize = 16, BatchesPerLane = 8, ExecutorDispatcher = "own" };

    [Fact]
    public async Task A_quiet_port_beside_a_flooding_one_keeps_its_share()
    {
        using var datapath = new ScriptedDatapath();
        var gate = new Gate();
        datapath.Refuse = _ => gate.Pass();
        await using UpcallPipeline pipeline = Start(datapath, Small);
        using Gate opened = gate;

        datapath.Upcall(Upcalls.Miss(2, 0, serial: 999));
        for (int round = 0; round < 10; round++)
        {
            datapath.Upcall(Enumerable.Range(0, Capacity).Select(i => Upcalls.Miss(1, (uint)((round * Capacity) + i))));
            datapath.Upcall(Upcalls.Miss(2, (uint)round, serial: 1000 + (uint)round));
            await Until(() => datapath.Waiting() == 0);
        }

        // Nothing can leave, and still everything is taken out of the source within the memory there is.
        await Until(() =>
            pipeline.Counters.Received == datapath.UpcallsQueued
            && pipeline.Counters.Completed == pipeline.Counters.Lost(LossCause.Shed)
            && pipeline.Counters.Received - pipeline.Counters.Completed <= Capacity);
        gate.Open();
        await Idle(pipeline, datapath);

        IReadOnlyDictionary<uint, PortCounts> ports = pipeline.Counters.ByPort();
        ports[2].ShouldBe(new PortCounts(11, 0));
        ports[1].Received.ShouldBe(10 * Capacity);
        ports[1].Shed.ShouldBe(pipeline.Counters.Lost(LossCause.Shed));
        datapath.Executes.Where(message => message.Key.DatapathPort == 2).Select(message => message.Serial)
            .ShouldBe(Enumerable.Range(999, 11).Select(i => (uint)i));
        datapath.Executes.Count.ShouldBe((int)(pipeline.Counters.Received - pipeline.Counters.Lost(LossCause.Shed)));
        pipeline.Counters.Lost(LossCause.Shed).ShouldBeGreaterThan(8 * Capacity);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(2)]
    public async Task A_backlog_of_one_port_alone_is_worked_off_and_nothing_of_it_shed(int batches)
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath, Small with { ExecutorDispatcher = null, BatchesPerLane = batches });

        datapath.Upcall(Enumerable.Range(0, 100 * Capacity).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.Shed).ShouldBe(0);
        datapath.Executes.Select(message => message.Serial).ShouldBe(Enumerable.Range(0, 100 * Capacity).Select(i => (uint)i));
    }

    [Fact]
    public async Task When_every_port_is_within_its_share_the_source_is_left_alone_and_counts_its_losses()
    {
        using var datapath = new ScriptedDatapath(queueLimit: 200);
        var gate = new Gate();
        datapath.Refuse = _ => gate.Pass();
        await using UpcallPipeline pipeline = Start(datapath, Small);
        using Gate opened = gate;

        datapath.Upcall(Enumerable.Range(0, 1000).Select(i => Upcalls.Miss((uint)i, (uint)i)));
        await Until(() => pipeline.Counters.Received == Capacity);

        pipeline.Counters.Completed.ShouldBe(0);
        pipeline.Counters.CreditsInUse.ShouldBe(Small.BatchesPerLane);
        datapath.Waiting().ShouldBe(200 - Capacity);
        gate.Open();
        await Idle(pipeline, datapath);
        pipeline.Counters.Lost(LossCause.Source).ShouldBe(800);
        pipeline.Counters.Lost(LossCause.Shed).ShouldBe(0);
        datapath.Executes.Count.ShouldBe(200);
    }

    [Fact]
    public async Task A_cut_upcall_stays_cut_when_it_moves_into_the_place_of_one_that_is_shed()
    {
        using var datapath = new ScriptedDatapath();
        var gate = new Gate();
        datapath.Refuse = _ => gate.Pass();
        await using UpcallPipeline pipeline = Start(datapath, Small);
        using Gate opened = gate;
        datapath.Upcall(Enumerable.Range(0, Capacity - Small.BatchSize).Select(i => Upcalls.Miss(1, (uint)i)));
        await Until(() => pipeline.Counters.Received == Capacity - Small.BatchSize
            && pipeline.Counters.CreditsInUse == Small.BatchesPerLane);
        byte[] cut = [.. Upcalls.Miss(2, 1), .. new byte[MessageSlots.Stride]];

        datapath.Upcall(Upcalls.Miss(1, 1000), cut);
        await Until(() => pipeline.Counters.Lost(LossCause.Shed) == 1);
        gate.Open();
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.Shed).ShouldBe(1);
        pipeline.Counters.Lost(LossCause.Truncated).ShouldBe(1);
        pipeline.Counters.Lost(LossCause.Malformed).ShouldBe(0);
        datapath.Executes.Count.ShouldBe(Capacity - Small.BatchSize);
    }

    [Fact]
    public async Task A_full_queue_in_front_of_the_source_is_emptied_at_once_where_others_are_there()
    {
        using var datapath = new ScriptedDatapath(queueLimit: 5000);
        var gate = new Gate();
        datapath.Refuse = _ => gate.Pass();
        await using UpcallPipeline pipeline = Start(datapath, Small);
        using Gate opened = gate;

        datapath.Upcall(Enumerable.Range(0, 10_000).Select(i => Upcalls.Miss(i == 0 ? 2u : 1u, (uint)i)));
        await Until(() => datapath.Waiting() == 0);
        gate.Open();
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.Source).ShouldBe(5000);
        pipeline.Counters.ByPort()[2].Shed.ShouldBe(0);
        (datapath.Executes.Count + pipeline.Counters.Lost(LossCause.Shed)).ShouldBe(5000);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("own")]
    public async Task What_a_pause_has_left_in_a_full_queue_of_one_port_is_executed_and_nothing_of_it_shed(string? executor)
    {
        using var datapath = new ScriptedDatapath(queueLimit: 5000);
        await using UpcallPipeline pipeline = Start(datapath, Small with { ExecutorDispatcher = executor });

        datapath.Upcall(Enumerable.Range(0, 10_000).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.Source).ShouldBe(5000);
        pipeline.Counters.Lost(LossCause.Shed).ShouldBe(0);
        datapath.Executes.Select(message => message.Serial).ShouldBe(Enumerable.Range(0, 5000).Select(i => (uint)i));
    }

    [Fact]
    public async Task What_a_pause_has_left_in_a_full_queue_of_several_ports_is_executed_as_long_as_it_does_not_overflow_again()
    {
        using var datapath = new ScriptedDatapath(queueLimit: 5000);
        await using UpcallPipeline pipeline = Start(datapath, Small with { ExecutorDispatcher = null });

        datapath.Upcall(Enumerable.Range(0, 10_000).Select(i => Upcalls.Miss(i % 50 == 0 ? 2u : 1u, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.Source).ShouldBe(5000);
        pipeline.Counters.Lost(LossCause.Shed).ShouldBe(0);
        datapath.Executes.Count.ShouldBe(5000);
    }

    [Fact]
    public async Task Under_a_flood_that_no_draining_gets_ahead_of_upcalls_are_still_executed()
    {
        const int Receives = 2000;
        using var datapath = new ScriptedDatapath(queueLimit: 40);
        int receives = 0;
        datapath.Receiving = () =>
        {
            // Always more than a batch takes, and always some that find the queue full.
            if (++receives <= Receives)
                datapath.Upcall(Enumerable.Range(0, 40).Select(i => Upcalls.Miss(i == 0 && receives % 8 == 0 ? 2u : 1u, (uint)i)));
        };
        await using UpcallPipeline pipeline = Start(datapath, Small with { ExecutorDispatcher = null });

        await Until(() => Volatile.Read(ref receives) > Receives);
        await Idle(pipeline, datapath);

        // All credits but one, for every full turn of the receiver.
        int turns = Receives / 128;
        datapath.Executes.Count.ShouldBeGreaterThan(turns * (Capacity - (2 * Small.BatchSize)));
        pipeline.Counters.ByPort()[1].Shed.ShouldBeGreaterThan(0);
        pipeline.Counters.ByPort()[2].Shed.ShouldBe(0);
        pipeline.Counters.Lost(LossCause.Source).ShouldBe((long)datapath.Dropped());
    }

    [Fact]
    public async Task A_flood_is_not_shed_for_a_port_that_was_there_before_it()
    {
        const int Receives = 2000;
        using var datapath = new ScriptedDatapath(queueLimit: 40);
        await using UpcallPipeline pipeline = Start(datapath, Small with { ExecutorDispatcher = null });
        datapath.Upcall(Upcalls.Miss(2, 0), Upcalls.Miss(1, 0), Upcalls.Miss(2, 1));
        await Idle(pipeline, datapath);

        int receives = 0;
        datapath.Receiving = () =>
        {
            if (++receives <= Receives)
                datapath.Upcall(Enumerable.Range(0, 40).Select(i => Upcalls.Miss(1, (uint)i)));
        };
        datapath.Upcall(Upcalls.Miss(1, 0));
        await Until(() => Volatile.Read(ref receives) > Receives);
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.Source).ShouldBeGreaterThan(0);
        pipeline.Counters.Lost(LossCause.Shed).ShouldBe(0);
    }

    [Fact]
    public async Task A_port_that_floods_alone_is_not_shed()
    {
        const int Receives = 2000;
        using var datapath = new ScriptedDatapath(queueLimit: 40);
        int receives = 0;
        datapath.Receiving = () =>
        {
            if (++receives <= Receives)
                datapath.Upcall(Enumerable.Range(0, 40).Select(i => Upcalls.Miss(1, (uint)i)));
        };
        await using UpcallPipeline pipeline = Start(datapath, Small with { ExecutorDispatcher = null });

        await Until(() => Volatile.Read(ref receives) > Receives);
        await Idle(pipeline, datapath);

        pipeline.Counters.Lost(LossCause.Shed).ShouldBe(0);
        datapath.Executes.Count.ShouldBe((int)pipeline.Counters.Received);
        pipeline.Counters.Lost(LossCause.Source).ShouldBe((long)datapath.Dropped());
    }
}
