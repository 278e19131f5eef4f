using System.Text.RegularExpressions;
using UpcallActors.SystemTests.Kernel;

namespace UpcallActors.SystemTests.Control;

/// <summary>
/// The real <c>ovs-appctl</c> with the daemon on the kernel's datapath. What it prints of
/// the datapath is what the real <c>ovs-dpctl</c>, which asks the kernel itself, prints too.
/// </summary>
public sealed partial class AppctlTests : IAsyncLifetime
{
    private const string Datapath = "ovs-system";

    private readonly string _folder = Directory.CreateTempSubdirectory("upcall-actors-ctl-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (Directory.Exists($"/sys/class/net/{Datapath}"))
            await Command.RunAsync("ovs-dpctl", "del-dp", $"system@{Datapath}");
        Directory.Delete(_folder, recursive: true);
    }

    [KernelDatapathFact]
    public async Task The_datapath_prints_as_ovs_dpctl_prints_it()
    {
        await using VethPair first = await VethPair.CreateAsync("ctl0");
        await using VethPair second = await VethPair.CreateAsync("ctl1");
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(_folder, first.Near, second.Near);
        await first.SendAsync(Frame(0x0a, 0x0b), Frame(0x0a, 0x0c));
        await second.SendAsync(Frame(0x0b, 0x0a));
        await WaitForAsync(daemon, "dpctl/dump-flows", 3);
        await daemon.AppctlAsync("revalidator/wait");
        // From here on nothing touches the flows.
        await daemon.AppctlAsync("revalidator/pause");

        (await ComparedAsync(daemon, [], "dpctl/dump-flows", "dump-flows")).ShouldContain("eth_type(0x88b5)");
        (await ComparedAsync(daemon, ["-m"], "dpctl/dump-flows", "dump-flows")).ShouldContain($"in_port({second.Near})");
        await ComparedAsync(daemon, ["--names"], "dpctl/dump-flows", "dump-flows");
        (await ComparedAsync(daemon, [], "dpctl/show", "show")).ShouldContain($"port 0: {Datapath} (internal)");
        await ComparedAsync(daemon, [], "dpctl/dump-dps", "dump-dps");
        Lines(await daemon.AppctlAsync("dpif/dump-flows", "br0")).Length.ShouldBe(3);
        (await daemon.AppctlAsync("fdb/show", "br0")).ShouldContain("02:00:00:00:00:0b");

        await daemon.AppctlAsync("revalidator/resume");
        (await daemon.AppctlAsync("revalidator/purge")).ShouldBeEmpty();
        (await Command.RunAsync("ovs-dpctl", "dump-flows", $"system@{Datapath}")).ShouldBeEmpty();
    }

    [KernelDatapathFact]
    public async Task Exit_ends_the_daemon_and_leaves_the_datapath_and_with_cleanup_does_not()
    {
        await using VethPair wire = await VethPair.CreateAsync("ctl0");
        await using (RunningDaemon daemon = await RunningDaemon.StartAsync(_folder, wire.Near))
        {
            (await daemon.AppctlAsync("exit")).ShouldBeEmpty();
            (int code, string errors) = await daemon.EndAsync();
            code.ShouldBe(0, errors);
            Directory.Exists($"/sys/class/net/{Datapath}").ShouldBeTrue();
            Directory.GetFiles(_folder, "*.ctl").ShouldBeEmpty();
            Directory.GetFiles(_folder, "*.pid*").ShouldBeEmpty();
        }

        await using (RunningDaemon daemon = await RunningDaemon.StartAsync(_folder, wire.Near))
        {
            (await daemon.AppctlAsync("exit", "--cleanup")).ShouldBeEmpty();
            Directory.Exists($"/sys/class/net/{Datapath}").ShouldBeFalse("the answer comes when all is done");
            (await daemon.EndAsync()).Code.ShouldBe(0);
        }
    }

    [KernelDatapathFact]
    public async Task A_killed_daemon_is_dead_to_the_client_and_the_next_one_clears_up_after_it()
    {
        await using VethPair wire = await VethPair.CreateAsync("ctl0");
        await using RunningDaemon killed = await RunningDaemon.StartAsync(_folder, wire.Near);
        string socket = killed.SocketPath;
        await killed.KillAsync();
        (int code, string output) = await killed.TryAppctlAsync("version");
        code.ShouldNotBe(0);
        output.ShouldContain("No such process");
        File.Exists(socket).ShouldBeTrue();
        await using RunningDaemon next = await RunningDaemon.StartAsync(_folder, wire.Near);
        (await next.AppctlAsync("version")).ShouldStartWith("upcall-actors ");
        File.Exists(socket).ShouldBeFalse();
    }

    [KernelDatapathFact]
    public async Task Connections_are_listed_and_forgotten()
    {
        await using VethPair wire = await VethPair.CreateAsync("ctl0");
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(_folder, wire.Near);
        const string Tuple = "ct_nw_src=192.0.2.1,ct_nw_dst=192.0.2.2,ct_nw_proto=17,ct_tp_src=1000,ct_tp_dst=2000";
        await Command.RunAsync("conntrack", "-I", "-p", "udp", "-s", "192.0.2.1", "-d", "192.0.2.2", "--sport", "1000", "--dport", "2000",
            "-t", "100", "-w", "7");
        (await daemon.AppctlAsync("dpctl/dump-conntrack", "zone=7"))
            .ShouldBe("udp,orig=(src=192.0.2.1,dst=192.0.2.2,sport=1000,dport=2000),reply=(src=192.0.2.2,dst=192.0.2.1,sport=2000,"
                + "dport=1000),zone=7\n");
        (await daemon.AppctlAsync("dpctl/dump-conntrack", "zone=8")).ShouldBeEmpty();
        foreach (string option in (string[])["-m", "-s"])
            Timeless(await daemon.AppctlAsync("dpctl/dump-conntrack", option, "zone=7"))
                .ShouldBe(Timeless(await Command.RunAsync("ovs-dpctl", option, "dump-conntrack", $"system@{Datapath}", "zone=7")));
        (await daemon.TryAppctlAsync("dpctl/flush-conntrack", "zone=8", Tuple)).Output
            .ShouldStartWith("upcall-actors: failed to flush conntrack (No such file or directory)\n");
        (await daemon.AppctlAsync("dpctl/flush-conntrack", "zone=7", Tuple)).ShouldBeEmpty();
        (await daemon.AppctlAsync("dpctl/dump-conntrack", "zone=7")).ShouldBeEmpty();
    }

    private static byte[] Frame(byte source, byte destination) =>
        [2, 0, 0, 0, 0, destination, 2, 0, 0, 0, 0, source, 0x88, 0xb5, .. new byte[46]];

    /// <summary>Runs a command on the daemon and its counterpart on the kernel; they must print the same. Returns it.</summary>
    private static async Task<string> ComparedAsync(RunningDaemon daemon, string[] options, string command, string counterpart)
    {
        string printed = await daemon.AppctlAsync([command, .. options]);
        string expected = await Command.RunAsync("ovs-dpctl", [.. options, counterpart]);
        Lines(Timeless(printed)).ShouldBe(Lines(Timeless(expected)), ignoreOrder: command == "dpctl/dump-flows");
        printed.ShouldNotBeEmpty();
        return printed;
    }

    private static Task WaitForAsync(RunningDaemon daemon, string command, int lines) =>
        Eventually.HoldsAsync(async () => Lines(await daemon.AppctlAsync(command)).Length == lines);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Without what passes between two looks.</summary>
    private static string Timeless(string text) => Time().Replace(text, "$1=T");

    [GeneratedRegex("(used:|timeout)[=]?[0-9.]+s?")]
    private static partial Regex Time();
}
