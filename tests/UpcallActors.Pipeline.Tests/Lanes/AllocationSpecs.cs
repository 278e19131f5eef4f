using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Ofproto.Tests;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What the packet path allocates: nothing. Measured over the whole process, so nothing else may run beside.</summary>
[Collection(nameof(AllocationSpecs))]
public sealed class AllocationSpecs : PipelineSpec
{
    private const int Upcalls = 100_000;

    [Theory]
    [InlineData(64)]
    [InlineData(1)]
    public async Task From_receive_to_execute_an_upcall_allocates_nothing(int burst)
    {
        RecordedScenario scenario = RecordedScenario.Of("linux-6.1/ipv4-fragmentation");
        byte[][] upcalls = [.. scenario.Messages.Where(IsFreshMiss)];
        using var datapath = new LoopedDatapath(upcalls,
            Tests.Upcalls.Families with { Packet = scenario.PacketFamily, Flow = scenario.FlowFamily }, Tests.Upcalls.IfIndex, burst);
        await using UpcallPipeline pipeline = UpcallPipeline.Start(Sys, datapath, new OpenFlowTranslatorFactory(scenario.Bridges()),
            new UpcallPipelineSettings { Revalidation = null });
        // Who has watched leaves nothing behind.
        using (pipeline.Watch(new Everything()))
            Run(pipeline, datapath, Upcalls);

        long best = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Run(pipeline, datapath, Upcalls);
            best = Math.Min(best, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // The runtime's own threads allocate now and then; an upcall that allocated one byte would make 100,000 of it.
        best.ShouldBeLessThan(Upcalls / 10);
        datapath.Executed.ShouldBeGreaterThan(0);
        pipeline.Counters.Completed.ShouldBe(6L * Upcalls);
        Enum.GetValues<LossCause>().ShouldAllBe(cause => pipeline.Counters.Lost(cause) == 0);

        bool IsFreshMiss(byte[] message) =>
            RecordedScenario.TypeOf(message) == scenario.PacketFamily
            && PacketMessage.TryParse(message, out PacketMessage packet) == OdpParseError.None
            && packet.Command == PacketCommand.Miss
            && OvsFlowKeyReader.TryRead(packet.Key.Of(message), out FlowKey key) == OdpParseError.None
            && key.RecircId == 0;
    }

    private sealed class Everything : IUpcallFilter
    {
        public bool Passes(UpcallClass upcallClass, in FlowKey key) => true;
    }

    private static void Run(UpcallPipeline pipeline, LoopedDatapath datapath, int upcalls)
    {
        LaneCounters lane = pipeline.Counters.Lanes[0];
        long end = lane.Completed + upcalls;
        datapath.Offer(upcalls);
        var spin = new SpinWait();
        while (lane.Completed < end)
            spin.SpinOnce();
    }
}

[CollectionDefinition(nameof(AllocationSpecs), DisableParallelization = true)]
public sealed class AllocationCollection;
