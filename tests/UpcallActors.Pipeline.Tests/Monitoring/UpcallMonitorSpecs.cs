using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Watching upcalls: what is shown, and that nothing waits for who watches.</summary>
public sealed class UpcallMonitorSpecs : PipelineSpec
{
    [Fact]
    public async Task An_upcall_is_shown_with_all_that_became_of_it()
    {
        using var datapath = new ScriptedDatapath { Answer = message => message.IsExecute ? Errno.NoDevice : Errno.NoSpace };
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions,
            ref FlowKey mask) => output(upcall, actions, ref mask) with { MruLimit = 1280 };
        await using UpcallPipeline pipeline = Start(datapath);
        using UpcallMonitor monitor = pipeline.Watch(new Everything(), packetBytes: 60);
        DateTime before = DateTime.UtcNow;
        byte[] message = Upcalls.Miss(inPort: 3, flow: 5, packetLength: 3001, mru: 1500);
        datapath.Upcall(message);
        await Idle(pipeline, datapath);

        monitor.TryTake(out MonitoredUpcall? upcall).ShouldBeTrue();
        upcall.Class.ShouldBe(UpcallClass.Miss);
        upcall.DatapathPort.ShouldBe(3u);
        upcall.Mru.ShouldBe((ushort)1500);
        upcall.ClampedMru.ShouldBe((ushort)1280);
        upcall.PacketLength.ShouldBe(3001);
        PacketMessage.TryParse(message, out PacketMessage parsed).ShouldBe(OdpParseError.None);
        upcall.Packet.ToArray().ShouldBe(parsed.Packet.Of(message)[..60].ToArray());
        upcall.Key.ToArray().ShouldBe(parsed.Key.Of(message).ToArray());
        upcall.Actions.ToArray().ShouldBe(datapath.Executes.Single().Actions);
        upcall.FlowPut.ShouldBeTrue();
        upcall.IsDuplicate.ShouldBeFalse();
        upcall.Error.ShouldBe(XlateError.None);
        upcall.ExecuteError.ShouldBe(Errno.NoDevice);
        upcall.FlowPutError.ShouldBe(Errno.NoSpace);
        upcall.Lane.ShouldBe(0);
        upcall.Latency.ShouldBeGreaterThan(TimeSpan.Zero);
        // Two clocks are read one behind the other, and the system's may be set back in between by what its sources disagree.
        DateTime time = DateTime.UnixEpoch.AddTicks(upcall.TimeNanoseconds / 100);
        time.ShouldBeInRange(before - TimeSpan.FromMinutes(1), DateTime.UtcNow + TimeSpan.FromMinutes(1));
        monitor.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task What_no_translator_sees_is_shown_too()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        using UpcallMonitor monitor = pipeline.Watch(new Everything());
        datapath.Upcall([1, 2, 3, 4, .. new byte[40]]);
        datapath.Upcall(Upcalls.Action(1, 1, UserspaceReason.Controller));
        await Idle(pipeline, datapath);

        var seen = Take(monitor);
        seen.Select(upcall => upcall.Class).ShouldBe([UpcallClass.Bad, UpcallClass.Controller]);
        seen[0].Key.IsEmpty.ShouldBeTrue();
        seen[0].Packet.IsEmpty.ShouldBeTrue();
        seen[1].Actions.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_filter_says_what_is_shown_and_two_may_watch()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        using UpcallMonitor all = pipeline.Watch(new Everything());
        using UpcallMonitor port2 = pipeline.Watch(new OfPort(2));
        datapath.Upcall(Upcalls.Miss(1, 1), Upcalls.Miss(2, 2), Upcalls.Miss(2, 2), Upcalls.Miss(1, 3));
        await Idle(pipeline, datapath);

        Take(all).Count.ShouldBe(4);
        List<MonitoredUpcall> shown = Take(port2);
        shown.Select(upcall => upcall.DatapathPort).ShouldBe([2u, 2u]);
        shown[0].IsDuplicate.ShouldBeFalse();
        shown[1].FlowPut.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_does_not_read_holds_nobody_up_and_is_told_how_much_was_missed()
    {
        const int TooMany = 500;
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        using UpcallMonitor monitor = pipeline.Watch(new Everything());
        for (uint i = 0; i < UpcallMonitor.Capacity + TooMany; i++)
            datapath.Upcall(Upcalls.Miss(1, i));
        await Idle(pipeline, datapath);

        monitor.Missed.ShouldBe(TooMany);
        Take(monitor).Count.ShouldBe(UpcallMonitor.Capacity);
        // There is room again.
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);
        Take(monitor).Count.ShouldBe(1);
        monitor.Missed.ShouldBe(TooMany);
    }

    [Fact]
    public async Task Memory_for_long_packets_has_a_bound()
    {
        const int Length = 60_000;
        int fits = (int)(UpcallMonitor.MostBytes / Length) + 1;
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        using UpcallMonitor monitor = pipeline.Watch(new Everything());
        for (uint i = 0; i < fits + 20; i++)
            datapath.Upcall(Upcalls.Miss(1, i, packetLength: Length));
        await Idle(pipeline, datapath);

        List<MonitoredUpcall> taken = Take(monitor);
        taken.Count.ShouldBeLessThanOrEqualTo(fits);
        taken.Sum(upcall => (long)upcall.Packet.Length).ShouldBeLessThan(UpcallMonitor.MostBytes + Length);
        (monitor.Missed + taken.Count).ShouldBe(fits + 20);
    }

    [Fact]
    public async Task A_monitor_that_has_ended_is_shown_nothing()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        UpcallMonitor monitor = pipeline.Watch(new Everything());
        monitor.Dispose();
        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);
        monitor.IsEmpty.ShouldBeTrue();
    }

    private static List<MonitoredUpcall> Take(UpcallMonitor monitor)
    {
        var upcalls = new List<MonitoredUpcall>();
        while (monitor.TryTake(out MonitoredUpcall? upcall))
            upcalls.Add(upcall);
        return upcalls;
    }

    internal sealed class Everything : IUpcallFilter
    {
        public bool Passes(UpcallClass upcallClass, in FlowKey key) => true;
    }

    private sealed class OfPort(uint port) : IUpcallFilter
    {
        public bool Passes(UpcallClass upcallClass, in FlowKey key) => key.DatapathPort == port;
    }
}
