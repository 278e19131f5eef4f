using System.Diagnostics;
using System.Text.RegularExpressions;
using UpcallActors.Embedded;
using UpcallActors.Pipeline;

namespace UpcallActors.Hosting.Tests;

/// <summary>The sample of a policy of one's own.</summary>
public sealed partial class LearningHubTests
{
    private const int FlowsPerSecond = 4;

    [Fact]
    public async Task A_hub_sends_to_all_ports_until_it_has_heard_the_station()
    {
        await using var hosted = new HostedDatapath();
        await StartAsync(hosted);

        hosted.Send(1, source: 1, destination: 2);
        await hosted.IdleAsync();
        (hosted.SentOn(1), hosted.SentOn(2), hosted.SentOn(3)).ShouldBe((0, 1, 1));
        hosted.Send(2, source: 2, destination: 1);
        await hosted.IdleAsync();
        (hosted.SentOn(1), hosted.SentOn(2), hosted.SentOn(3)).ShouldBe((1, 1, 1));
    }

    [Fact]
    public async Task A_source_gets_only_so_many_flows_a_second_and_others_do_not_suffer()
    {
        var clock = DatapathClock.Settable();
        clock.Set(5_000_000);
        await using var hosted = new HostedDatapath(new EmbeddedDatapathOptions { Clock = clock });
        await StartAsync(hosted, new UpcallPipelineSettings { Revalidation = null });

        await ScanAsync(hosted, source: 1, from: 100, count: 10);
        hosted.Datapath.FlowCount.ShouldBe(FlowsPerSecond);
        hosted.Running.Pipeline.Counters.Dropped.ShouldBe(10 - FlowsPerSecond);
        hosted.SentOn(2).ShouldBe(FlowsPerSecond);

        await ScanAsync(hosted, source: 2, from: 100, count: 1);
        hosted.Datapath.FlowCount.ShouldBe(FlowsPerSecond + 1);

        clock.Set(6_000_000);
        await ScanAsync(hosted, source: 1, from: 200, count: 10);
        hosted.Datapath.FlowCount.ShouldBe((2 * FlowsPerSecond) + 1);
    }

    [Fact]
    public async Task Flows_follow_a_station_that_moves()
    {
        await using var hosted = new HostedDatapath();
        await StartAsync(hosted);
        hosted.Send(2, source: 2, destination: 1);
        await hosted.IdleAsync();
        hosted.Send(1, source: 1, destination: 2);
        await hosted.IdleAsync();
        int before = hosted.SentOn(3);

        hosted.Send(3, source: 2, destination: 9);

        // The flow that led to port 2 is changed by the revalidators, and the frame that matches it goes to port 3.
        await Eventually.HoldsAsync(() =>
        {
            hosted.Send(1, source: 1, destination: 2);
            return hosted.SentOn(3) > before;
        });
    }

    [Fact]
    public async Task The_program_answers_the_upcalls_of_a_recording()
    {
        string capture = Path.Combine(AppContext.BaseDirectory, "captures", "ipv4-fragmentation.p0.pcap");
        IReadOnlyList<CapturedFrame> frames = CaptureFile.Read(await File.ReadAllBytesAsync(capture), capture).Frames;
        var start = new ProcessStartInfo("dotnet", [typeof(LearningHub).Assembly.Location, capture]) { RedirectStandardOutput = true };
        using var program = Process.Start(start)!;
        string output = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync().WaitAsync(Eventually.Limit);

        program.ExitCode.ShouldBe(0);
        Match said = Said().Match(output);
        said.Success.ShouldBeTrue(output);
        int[] numbers = [.. said.Groups.Values.Skip(1).Select(group => int.Parse(group.Value, null))];
        numbers[0].ShouldBe(frames.Count);
        numbers[1].ShouldBe(frames.Select(frame => frame.Source).Distinct().Count());
        // At least one upcall of each pair of hosts, and no more than there are frames.
        numbers[2].ShouldBeInRange(frames.Select(frame => frame.Data.Span[..12].ToArray()).Select(Convert.ToHexString).Distinct().Count(),
            frames.Count);
        numbers[3].ShouldBeGreaterThan(0);
    }

    private static Task StartAsync(HostedDatapath hosted, UpcallPipelineSettings? settings = null) => hosted.StartAsync(options =>
    {
        options.UseDatapath(_ => hosted.Datapath)
            .UseTranslators((_, datapath, _) => new LearningHub(datapath, HostedDatapath.PortCount, FlowsPerSecond));
        options.Pipeline = settings ?? new UpcallPipelineSettings();
    });

    private static async Task ScanAsync(HostedDatapath hosted, ulong source, ulong from, int count)
    {
        for (ulong destination = from; destination < from + (ulong)count; destination++)
            hosted.Send(1, source, destination);
        await hosted.IdleAsync();
    }

    [GeneratedRegex("^([0-9]+) frames of ([0-9]+) hosts: ([0-9]+) upcalls, ([0-9]+) flows, [0-9]+ dropped$", RegexOptions.Multiline)]
    private static partial Regex Said();
}
