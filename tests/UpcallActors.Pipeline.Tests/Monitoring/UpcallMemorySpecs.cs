using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What the lanes remember of upcalls that nobody watched.</summary>
public sealed class UpcallMemorySpecs : PipelineSpec
{
    [Fact]
    public async Task What_became_of_an_upcall_can_be_asked_for_afterwards()
    {
        using var datapath = new ScriptedDatapath { Answer = message => message.IsExecute ? Errno.NoDevice : Errno.NoSpace };
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            output(upcall, actions, ref mask) with { MruLimit = 1280 };
        await using UpcallPipeline pipeline = Start(datapath);
        pipeline.Recall(new UpcallMonitorSpecs.Everything()).Upcalls.ShouldBeEmpty();
        byte[] message = Upcalls.Miss(inPort: 3, flow: 5, packetLength: 3001, mru: 1500);
        datapath.Upcall(message);
        await Idle(pipeline, datapath);

        RecentUpcalls recent = pipeline.Recall(new UpcallMonitorSpecs.Everything());
        MonitoredUpcall upcall = recent.Upcalls.ShouldHaveSingleItem();
        recent.Looked[0].ShouldBe(1);
        upcall.Number.ShouldBe(0);
        upcall.Class.ShouldBe(UpcallClass.Miss);
        upcall.DatapathPort.ShouldBe(3u);
        (upcall.Mru, upcall.ClampedMru).ShouldBe(((ushort)1500, (ushort)1280));
        upcall.PacketLength.ShouldBe(3001);
        upcall.Packet.IsEmpty.ShouldBeTrue();
        PacketMessage.TryParse(message, out PacketMessage parsed).ShouldBe(OdpParseError.None);
        upcall.Key.ToArray().ShouldBe(parsed.Key.Of(message).ToArray());
        upcall.Actions.ToArray().ShouldBe(datapath.Executes.Single().Actions);
        upcall.FlowPut.ShouldBeTrue();
        (upcall.ExecuteError, upcall.FlowPutError).ShouldBe((Errno.NoDevice, Errno.NoSpace));
        upcall.Latency.ShouldBeGreaterThan(TimeSpan.Zero);
        upcall.IsCut.ShouldBeFalse();
    }

    [Fact]
    public async Task The_last_ones_are_there_and_the_numbers_go_on_where_a_monitor_takes_over()
    {
        const int Sent = UpcallPipeline.MostRemembered + 30;
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        for (uint i = 0; i < Sent; i++)
            datapath.Upcall(Upcalls.Miss(1 + (i % 2), i));
        await Idle(pipeline, datapath);
        using UpcallMonitor monitor = pipeline.Watch(new UpcallMonitorSpecs.Everything());

        RecentUpcalls all = pipeline.Recall(new UpcallMonitorSpecs.Everything());
        all.Looked[0].ShouldBe(Sent);
        all.Upcalls.Select(upcall => upcall.Number)
            .ShouldBe(Enumerable.Range(30, UpcallPipeline.MostRemembered).Select(number => (long)number));
        all.Upcalls.ShouldAllBe(upcall => upcall.DatapathPort == 1 + (upcall.Number % 2));
        pipeline.Recall(new OfPort(2)).Upcalls.Count.ShouldBe(UpcallPipeline.MostRemembered / 2);
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);
        monitor.TryTake(out MonitoredUpcall? next).ShouldBeTrue();
        next.Number.ShouldBe(all.Looked[0]);
    }

    [Fact]
    public async Task What_cannot_be_read_or_is_too_long_is_remembered_as_such()
    {
        using var datapath = new ScriptedDatapath();
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
        {
            var writer = new NetlinkWriter(actions);
            for (int i = 0; i < 200; i++)
                writer.PutU32(OvsActionAttribute.Output, 2);
            return new Translation { ActionsLength = writer.Length, Version = 1 };
        };
        await using UpcallPipeline pipeline = Start(datapath);
        datapath.Upcall([1, 2, 3, 4, .. new byte[40]]);
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);

        IReadOnlyList<MonitoredUpcall> upcalls = pipeline.Recall(new UpcallMonitorSpecs.Everything()).Upcalls;
        upcalls.Select(upcall => (upcall.Class, upcall.Key.IsEmpty, upcall.IsCut))
            .ShouldBe([(UpcallClass.Bad, true, false), (UpcallClass.Miss, false, true)]);
        upcalls[1].Actions.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_asks_while_upcalls_come_sees_whole_ones_only()
    {
        const uint Sent = 20_000;
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        var sending = Task.Run(() =>
        {
            for (uint i = 0; i < Sent; i++)
                datapath.Upcall(Upcalls.Miss(1 + (i % 7), i, packetLength: 100 + (int)(i % 900)));
        });
        long looked = 0;
        while (looked < Sent)
        {
            bool isOver = sending.IsCompleted && pipeline.Counters.Completed == Sent;
            RecentUpcalls recent = pipeline.Recall(new UpcallMonitorSpecs.Everything());
            recent.Looked[0].ShouldBeGreaterThanOrEqualTo(looked);
            looked = recent.Looked[0];
            recent.Upcalls.Count.ShouldBeLessThanOrEqualTo(UpcallPipeline.MostRemembered);
            foreach (MonitoredUpcall upcall in recent.Upcalls)
            {
                OvsFlowKeyReader.TryRead(upcall.Key.Span, out FlowKey key).ShouldBe(OdpParseError.None);
                uint flow = key.Ipv4Dst - 0x0a020000;
                (key.DatapathPort, upcall.DatapathPort).ShouldBe((1 + (flow % 7), 1 + (flow % 7)));
                upcall.PacketLength.ShouldBe(100 + (int)(flow % 900));
                flow.ShouldBe((uint)upcall.Number);
            }

            if (isOver)
                looked.ShouldBe(Sent);
        }

        await sending;
    }

    private sealed class OfPort(uint port) : IUpcallFilter
    {
        public bool Passes(UpcallClass upcallClass, in FlowKey key) => key.DatapathPort == port;
    }
}
