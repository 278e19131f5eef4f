using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>A daemon that is killed under traffic, and one that takes its place.</summary>
public sealed partial class RestartTests
{
    /// <summary>From p0 to p1 by connection tracking and recirculation, as in the recorded scenarios; from p2 to p3 straight.</summary>
    private const string Flows = """
        priority=1,action=drop
        priority=100,in_port=1,icmp,action=ct(commit,zone=9),2
        priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0,zone=9)
        priority=100,in_port=2,ct_state=+trk+est-new,icmp,action=1
        priority=100,in_port=3,action=4
        priority=100,in_port=4,action=3
        """;

    /// <summary>Replies to wait for before the daemon dies, while it is dead, and when it is back.</summary>
    private const int Some = 20;

    [SwitchTheory]
    [InlineData(DispatchMode.Auto)]
    [InlineData(DispatchMode.PerVport)]
    public async Task Established_pings_lose_nothing_while_the_daemon_is_dead_and_when_it_comes_back(DispatchMode dispatch)
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost p0, _, ISwitch daemon) = await StartAsync(lab, DatapathKind.Kernel, dispatch);
        BackgroundProcess small = lab.Own(p0.Start(["ping", "-n", "-i", "0.05", "10.1.1.2"]));
        BackgroundProcess large = lab.Own(p0.Start(["ping", "-n", "-i", "0.05", "-s", "3200", "10.1.1.2"]));
        Task MoreAsync(string when) => Task.WhenAll(HasMoreAnswersAsync(small, when), HasMoreAnswersAsync(large, when));
        await MoreAsync("before the kill");

        await daemon.KillAsync();
        await MoreAsync("without a daemon");
        await daemon.StartAsync();
        // Two whole rounds of the revalidators: whatever they do to flows that they did not make, they have done.
        await daemon.AppctlAsync("revalidator/wait");
        await daemon.AppctlAsync("revalidator/wait");
        await MoreAsync("after the start");

        foreach (BackgroundProcess ping in (BackgroundProcess[])[small, large])
        {
            IReadOnlyList<int> answered = Ping.Parse(ping.Output).Answered;
            // The first ones came up, and may have been overtaken.
            answered.Order().ShouldBe(Enumerable.Range(1, answered.Count), daemon.Log);
        }
    }

    /// <summary>
    /// The second is one of a machine that has time for us. More is allowed where the replay of the recordings
    /// takes more, and there are several tries, since what else runs on the machine comes and goes.
    /// </summary>
    [SwitchTheory]
    [EveryDatapath]
    public async Task The_first_upcall_is_answered_within_a_second_of_the_new_start(DatapathKind datapath)
    {
        const int Tries = 5;
        await using Lab lab = await Lab.CreateAsync();
        (_, LabHost p2, ISwitch daemon) = await StartAsync(lab, datapath, DispatchMode.Auto);
        var passed = new List<TimeSpan>();
        var allowed = new List<TimeSpan>();
        do
        {
            await daemon.KillAsync();
            allowed.Add(await AllowedAsync());
            passed.Add(await FirstAnswerAsync(p2, daemon));
            // The next try is to come up again.
            await daemon.AppctlAsync("revalidator/purge");
        }
        while (passed[^1] > allowed[^1] && passed.Count < Tries);

        passed[^1].ShouldBeLessThanOrEqualTo(allowed[^1], $"{string.Join(' ', passed)} of {string.Join(' ', allowed)}\n{daemon.Log}");
    }

    /// <summary>Starts the daemon; the time from then until a packet that no flow takes has been answered.</summary>
    private static async Task<TimeSpan> FirstAnswerAsync(LabHost from, ISwitch daemon)
    {
        // -D: with the time of each answer.
        await using BackgroundProcess ping = from.Start(["ping", "-n", "-D", "-i", "0.02", "10.1.2.2"]);
        DateTimeOffset started = DateTimeOffset.UtcNow;
        await daemon.StartAsync();
        await ping.HasPrintedAsync("bytes from");
        double answered = double.Parse(AnswerTimePattern().Match(ping.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        return DateTimeOffset.UnixEpoch.AddSeconds(answered) - started;
    }

    /// <summary>
    /// A second, or as long as the program needs now to start, answer the upcalls of its recordings and end, if that is more.
    /// </summary>
    private static async Task<TimeSpan> AllowedAsync()
    {
        long started = Stopwatch.GetTimestamp();
        await Command.DaemonAsync("run", "--json");
        TimeSpan replay = Stopwatch.GetElapsedTime(started);
        return replay > TimeSpan.FromSeconds(1) ? replay : TimeSpan.FromSeconds(1);
    }

    private static async Task<(LabHost P0, LabHost P2, ISwitch Daemon)> StartAsync(Lab lab, DatapathKind datapath, DispatchMode dispatch)
    {
        LabHost p0 = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost p1 = await lab.AddStationAsync("p1", "10.1.1.2/24");
        LabHost p2 = await lab.AddStationAsync("p2", "10.1.2.1/24");
        LabHost p3 = await lab.AddStationAsync("p3", "10.1.2.2/24");
        // Neighbours that need no asking: a question in the meantime would be no established traffic.
        foreach ((LabHost one, string address, LabHost other) in ((LabHost, string, LabHost)[])[(p0, "10.1.1.2", p1), (p1, "10.1.1.1", p0),
            (p2, "10.1.2.2", p3), (p3, "10.1.2.1", p2)])
            await one.IpAsync($"neighbour add {address} lladdr {await other.MacAsync()} dev {one.Device} nud permanent");
        ISwitch daemon = await DaemonProcess.StartAsync(lab, new SwitchConfiguration(
            datapath,
            new BridgeConfiguration("br0", PortConfiguration.Of(p0, 1), PortConfiguration.Of(p1, 2), PortConfiguration.Of(p2, 3),
                PortConfiguration.Of(p3, 4))
            { Flows = Flows })
        {
            Dispatch = dispatch,
        });
        return (p0, p2, daemon);
    }

    private static async Task HasMoreAnswersAsync(BackgroundProcess ping, string when)
    {
        int before = Ping.Parse(ping.Output).Answered.Count;
        await Eventually.HoldsAsync(() => Ping.Parse(ping.Output).Answered.Count >= before + Some,
            () => $"no answers {when}:\n{ping.Output}");
    }

    [GeneratedRegex(@"^\[(\d+\.\d+)\] .* bytes from", RegexOptions.Multiline)]
    private static partial Regex AnswerTimePattern();
}
