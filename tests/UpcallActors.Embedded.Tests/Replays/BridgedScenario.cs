using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>A recorded scenario of two hosts on a bridge, played into an embedded datapath with the recorded slow path behind it.</summary>
public sealed class BridgedScenario : IDisposable
{
    private const uint LocalPort = 1;
    private readonly KernelRecording _recording;
    private readonly IReadOnlyList<CapturedFrame> _frames0;
    private readonly IReadOnlyList<CapturedFrame> _frames1;

    public BridgedScenario(string name)
    {
        _recording = new KernelRecording(name);
        _frames0 = _recording.Frames("p0");
        _frames1 = _recording.Frames("p1");
        Host0 = HostOf(_frames0, _frames1);
        Host1 = HostOf(_frames1, _frames0);
        Datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions { Clock = DatapathClock.Settable(), RandomSeed = 1 });
        Datapath.AddPort(new EmbeddedPort(LocalPort, "br0", OvsVportType.Internal));
        Datapath.AddPort(new EmbeddedPort(_recording.PortNumber("p0"), "ovs-p0", output: Output0));
        Datapath.AddPort(new EmbeddedPort(_recording.PortNumber("p1"), "ovs-p1", output: Output1));
    }

    public EmbeddedDatapath Datapath { get; }

    public ulong Host0 { get; }

    public ulong Host1 { get; }

    public PortRecorder Output0 { get; } = new();

    public PortRecorder Output1 { get; } = new();

    /// <summary>What the kernel put out to p0: the frames of the other host that p0 saw.</summary>
    public List<byte[]> Expected0 => [.. _frames0.Where(frame => frame.Source == Host1).Select(frame => frame.Data.ToArray())];

    public List<byte[]> Expected1 => [.. _frames1.Where(frame => frame.Source == Host0).Select(frame => frame.Data.ToArray())];

    /// <summary>
    /// Plays the recording with ovs-vswitchd's recorded decisions. What the slow path sees of the datapath may be decorated.
    /// </summary>
    internal async Task<RecordedSlowPath> PlayAsync(IDatapath? seen = null)
    {
        var slowPath = new RecordedSlowPath(_recording, Datapath, seen ?? Datapath);
        await PlayAsync(slowPath);
        return slowPath;
    }

    /// <summary>Plays the recording with the decisions of the scenario's OpenFlow rules.</summary>
    internal async Task<TranslatedSlowPath> PlayTranslatedAsync(IDatapath? seen = null)
    {
        var slowPath = new TranslatedSlowPath(_recording, Datapath, seen ?? Datapath);
        await PlayAsync(slowPath);
        return slowPath;
    }

    private async Task PlayAsync(SlowPath slowPath)
    {
        var replay = new CaptureReplay(
            Datapath,
            [new CaptureInput(_recording.PortNumber("p0"), _frames0, Host0),
                new CaptureInput(_recording.PortNumber("p1"), _frames1, Host1)],
            _recording.PurgeTimes)
        {
            Purge = slowPath.Purge,
        };
        await replay.RunAsync(ReplayPace.WhenIdle, AnswerAll, TimeProvider.System, CancellationToken.None);
        replay.Played.ShouldBe(replay.FrameCount);
        slowPath.ShouldBalance(Datapath.Counters);

        ValueTask AnswerAll(CancellationToken cancellation)
        {
            slowPath.Run();
            return ValueTask.CompletedTask;
        }
    }

    public void Dispose() => Datapath.Dispose();

    /// <summary>
    /// The host behind a wire is whose frames were seen there before they were seen on the other wire. The datapath's own
    /// devices at the wires' ends send too, but their frames never pass the datapath and are seen on one wire alone.
    /// </summary>
    private static ulong HostOf(IReadOnlyList<CapturedFrame> own, IReadOnlyList<CapturedFrame> other)
    {
        foreach (CapturedFrame frame in own)
        {
            CapturedFrame twin = other.FirstOrDefault(seen => seen.Data.Span.SequenceEqual(frame.Data.Span));
            if (frame.Microseconds < twin.Microseconds)
                return frame.Source;
        }

        throw new InvalidOperationException("No frame passed the datapath.");
    }
}
