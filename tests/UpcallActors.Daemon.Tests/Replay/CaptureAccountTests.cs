using Akka.Actor;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Replay;
using UpcallActors.Daemon.Replay.Reports;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Replay;

/// <summary>What a run over captures counts: its rules' packets are those that came in, whether they came up or met a flow.</summary>
public sealed class CaptureAccountTests
{
    public static TheoryData<string> Recordings => [.. Recording.Find(Recording.Folder).Select(recording => recording.ConfigurationFile)];

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task Each_packet_of_a_recording_is_credited_and_ends_in_one_way(string configuration)
    {
        RunSummary summary = await RunAsync(configuration, attach: null);
        summary.Upcalls.Misses.ShouldBeLessThan(summary.Ports.Sum(port => port.FramesIn), "some have met a flow");
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task That_holds_where_packets_are_lost_for_want_of_the_MRU(string configuration)
    {
        RunSummary summary = await RunAsync(configuration, datapath => new MruStrippingDatapath(datapath));
        summary.Drops.ShouldNotBeEmpty();
    }

    private static async Task<RunSummary> RunAsync(string configuration, Func<IDatapath, IDatapath>? attach)
    {
        (DaemonOptions? options, _) = DaemonOptionsReader.Read([configuration]);
        using var system = ActorSystem.Create("account", "akka.loglevel = OFF");
        RunSummary summary = await new CaptureRun(system, attach, show: RunAccount.Of)
            .RunAsync(options.ShouldNotBeNull(), (_, _) => null, CancellationToken.None).WaitAsync(Eventually.Limit);
        await system.Terminate();
        return summary;
    }
}
