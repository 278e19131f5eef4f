using Akka.TestKit;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What lanes do with upcalls that are for controllers.</summary>
public sealed class ControllerUpcallSpecs : PipelineSpec
{
    [Fact]
    public async Task A_packet_for_a_controller_is_handed_over_as_the_datapath_sent_it()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        TestProbe reader = CreateTestProbe();
        pipeline.Controllers.Attach(reader.Ref, "told");
        byte[] upcall = Upcalls.Action(1, 1, UserspaceReason.Controller, serial: 7, packetLength: 3001);

        datapath.Upcall(Upcalls.Miss(1, 1), upcall, Upcalls.Miss(1, 2));
        await Idle(pipeline, datapath);

        await reader.ExpectMsgAsync("told");
        pipeline.Controllers.TryTake(out QueuedUpcall queued).ShouldBeTrue();
        queued.Message.AsSpan().SequenceEqual(upcall).ShouldBeTrue();
        queued.UpcallPid.ShouldBe(datapath.UpcallPid);
        pipeline.Controllers.TryTake(out _).ShouldBeFalse();
        pipeline.Counters.Consumed.ShouldBe(1);
        pipeline.Counters.Lost(LossCause.ControllerQueue).ShouldBe(0);
        datapath.Executes.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_queue_has_no_room_for_is_lost_by_its_own_cause_and_other_upcalls_go_on()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        pipeline.Controllers.Attach(CreateTestProbe().Ref, "told");

        datapath.Upcall([.. Enumerable.Range(0, ControllerQueue.Capacity).Select(
            number => Upcalls.Action(1, (uint)number, UserspaceReason.Controller))]);
        datapath.Upcall(Upcalls.Action(2, 1, UserspaceReason.Controller), Upcalls.Miss(3, 1));
        await Idle(pipeline, datapath);

        const int Half = ControllerQueue.Capacity / 2;
        pipeline.Counters.Lost(LossCause.ControllerQueue).ShouldBe(Half);
        pipeline.Counters.Consumed.ShouldBe(Half + 1);
        pipeline.Counters.ControllerPackets.ShouldBe((2 * Half) + 1);
        pipeline.Counters.Executes.ShouldBe(1);
        UpcallLoss loss = pipeline.Counters.Losses().Single(loss => loss.Count != 0);
        loss.Cause.ShouldBe("controller_queue");
        loss.Words.ShouldContain("controllers' queue");
    }
}
