using Akka.Actor;
using UpcallActors.Embedded;
using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Ofproto.Tests;

namespace UpcallActors.Pipeline.Tests;

/// <summary>
/// An embedded datapath as a recording's was, and a pipeline with the recording's tables over it. The datapath outlives the pipeline.
/// </summary>
internal sealed class RecordedSwitch : IAsyncDisposable
{
    private readonly KernelRecording _recording;
    private readonly FirstRules[] _rules;
    private readonly ManualTime _time;
    private readonly long _answeredBefore;
    private readonly long _lookedUpBefore;

    private RecordedSwitch(
        KernelRecording recording, EmbeddedDatapath datapath, FirstRules[] rules, UpcallPipeline pipeline, ManualTime time,
        (long Answered, long LookedUp) before)
    {
        _recording = recording;
        _rules = rules;
        _time = time;
        (_answeredBefore, _lookedUpBefore) = before;
        Datapath = datapath;
        Pipeline = pipeline;
    }

    public EmbeddedDatapath Datapath { get; }

    public UpcallPipeline Pipeline { get; }

    /// <summary>The datapath of a recording, without flows.</summary>
    public static EmbeddedDatapath NewDatapath(KernelRecording recording)
    {
        var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions { Clock = DatapathClock.Settable(), RandomSeed = 1 });
        datapath.AddPort(new EmbeddedPort(1, "br0", Odp.OvsVportType.Internal));
        datapath.AddPort(new EmbeddedPort(recording.PortNumber("p0"), "ovs-p0"));
        datapath.AddPort(new EmbeddedPort(recording.PortNumber("p1"), "ovs-p1"));
        return datapath;
    }

    public static async Task<RecordedSwitch> StartAsync(ActorSystem system, KernelRecording recording, EmbeddedDatapath datapath)
    {
        IReadOnlyList<Ofproto.Bridge> bridges = RecordedScenario.Of(recording.Name).Bridges();
        FirstRules[] rules = [.. bridges.Select(bridge => new FirstRules(bridge.Tables))];
        var time = new ManualTime();
        // What the flows that are there have carried is credited when they are taken over.
        long carried = RevalidatedSwitch.DumpOf(datapath).Sum(flow => (long)flow.Packets);
        (long, long) before = (datapath.Counters.UpcallsQueued, datapath.Counters.Hits + datapath.Counters.Misses - carried);
        var settings = new UpcallPipelineSettings { Revalidation = new RevalidatorSettings { Time = time, Revalidators = 2 } };
        UpcallPipeline pipeline = UpcallPipeline.Start(system, datapath, new Ofproto.OpenFlowTranslatorFactory(bridges), settings);
        await pipeline.Started.WaitAsync(TimeSpan.FromSeconds(60));
        return new RecordedSwitch(recording, datapath, rules, pipeline, time, before);
    }

    /// <summary>Plays the hosts' frames, each when the one before is done with.</summary>
    public async Task PlayAsync()
    {
        IReadOnlyList<CapturedFrame> frames0 = _recording.Frames("p0");
        IReadOnlyList<CapturedFrame> frames1 = _recording.Frames("p1");
        CaptureInput[] inputs =
        [
            new(_recording.PortNumber("p0"), frames0, HostOf(frames0, frames1)),
            new(_recording.PortNumber("p1"), frames1, HostOf(frames1, frames0)),
        ];
        await new CaptureReplay(Datapath, inputs, []).RunAsync(
            ReplayPace.WhenIdle, WhenIdleAsync, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>
    /// Looks whether each packet that came in was credited once, and was executed, dropped or lost by one cause; then ends.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _time.DoneAsync(Pipeline.Revalidation!.WaitAsync());
        await Pipeline.DisposeAsync();
        PacketAccount.ShouldBalance(Pipeline.Counters);
        PacketAccount.ShouldBeCredited(
            Datapath.Counters.Hits + Datapath.Counters.Misses - _lookedUpBefore,
            _rules.Sum(rules => rules.Packets),
            PacketAccount.LostBeforeTables(Pipeline.Counters) + Datapath.Counters.Lost);
    }

    private async ValueTask WhenIdleAsync(CancellationToken cancellation)
    {
        while (_answeredBefore + Pipeline.Counters.Completed != Datapath.Counters.UpcallsQueued)
        {
            Pipeline.Completion.IsCompleted.ShouldBeFalse();
            await Task.Yield();
        }
    }

    private static ulong HostOf(IReadOnlyList<CapturedFrame> own, IReadOnlyList<CapturedFrame> other) =>
        own.First(frame => other.Any(
            seen => seen.Data.Span.SequenceEqual(frame.Data.Span) && frame.Microseconds < seen.Microseconds)).Source;
}
