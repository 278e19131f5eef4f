using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace UpcallActors.Daemon.Tests.Vswitchd;

/// <summary>What scripts and supervisors rely on of the process <c>ovs-vswitchd</c>.</summary>
public sealed class VswitchdProcessTests : IDisposable
{
    private readonly VswitchdProcess _daemon = new();

    public void Dispose() => _daemon.Dispose();

    [Fact]
    public async Task A_detached_daemon_is_ready_when_the_process_in_front_ends()
    {
        (int code, string output, string errors) = await DetachAsync("-vconsole:off");
        (code, output, errors).ShouldBe((0, "", ""));
        int id = _daemon.Id;
        // ovs-lib takes it for dead under another name (pid_comm_check).
        string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
        (await File.ReadAllTextAsync($"{process}/comm")).ShouldBe("ovs-vswitchd\n");
        // In a session of its own.
        StatusOf(id)[3].ShouldBe(id.ToString(CultureInfo.InvariantCulture));
        new FileInfo($"{process}/cwd").LinkTarget.ShouldBe("/");
        foreach (int descriptor in (int[])[0, 1, 2])
            new FileInfo(string.Create(CultureInfo.InvariantCulture, $"{process}/fd/{descriptor}")).LinkTarget.ShouldBe("/dev/null");
        (await _daemon.AskAsync("version")).ShouldStartWith("ovs-vswitchd (Open vSwitch) 3.1.0\n");
        Files().ShouldContain("b0.mgmt");
        string socket = _daemon.Socket;

        await _daemon.AskAsync("exit");
        await Eventually.HoldsAsync(() => !VswitchdProcess.IsAlive(id));
        File.Exists(socket).ShouldBeFalse();
        string[] gone = [".mgmt", ".snoop", ".pid", ".ctl"];
        Files().ShouldNotContain(file => gone.Contains(Path.GetExtension(file)));
    }

    [Fact]
    public async Task A_second_daemon_of_a_pidfile_is_refused_unless_it_is_to_overwrite_it()
    {
        (await DetachAsync()).Code.ShouldBe(0);
        int first = _daemon.Id;
        (int code, _, string errors) = await DetachAsync("-vconsole:off");
        code.ShouldBe(1);
        errors.ShouldBe(string.Create(
            CultureInfo.InvariantCulture, $"ovs-vswitchd: {_daemon.PidFile}: already running as pid {first}, aborting\n"));
        _daemon.Id.ShouldBe(first);
        string socket = _daemon.Socket;

        (await DetachAsync("--overwrite-pidfile", "--unixctl=other")).Code.ShouldBe(0);
        int second = _daemon.Id;
        second.ShouldNotBe(first);
        File.Exists(Path.Combine(_daemon.Root, "other")).ShouldBeTrue();
        File.Exists(socket).ShouldBeTrue();
        await VswitchdProcess.SignalAsync(first, "KILL");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task A_signal_ends_it_in_good_order(string signal)
    {
        (await DetachAsync()).Code.ShouldBe(0);
        int id = _daemon.Id;
        await VswitchdProcess.SignalAsync(id, signal);
        await Eventually.HoldsAsync(() => !VswitchdProcess.IsAlive(id));
        Files().Where(file => !file.EndsWith(".log", StringComparison.Ordinal)).ShouldBe(
            ["a.conf", "flows.of", "ovs-vswitchd", "p0.pcap", "p1.pcap"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_keeps_it_from_starting_is_the_front_s_answer()
    {
        (int code, string output, string errors) =
            await _daemon.RunAsync("--detach", "--pidfile=/nonexistent/x.pid", "-vconsole:off", "--config", _daemon.Configuration);
        (code, output).ShouldBe((1, ""));
        errors.ShouldStartWith("ovs-vswitchd: /nonexistent/x.pid: create failed (");
        (code, _, errors) = await _daemon.RunAsync("--detach", "-vconsole:off", "--config", "/nonexistent/x.conf");
        code.ShouldBe(1);
        errors.ShouldContain("/nonexistent/x.conf");
        (code, _, errors) = await _daemon.RunAsync("--detach", "--log-file=/nonexistent/x.log", "--config", _daemon.Configuration);
        code.ShouldBe(1);
        errors.ShouldContain("failed to open /nonexistent/x.log for logging: No such file or directory");
    }

    [Fact]
    public async Task In_front_it_stays_with_its_console()
    {
        using Process process = _daemon.Start(
            "--pidfile", "--unixctl=none", "-vPATTERN:console:%A/%c/%p/%m", "--config", _daemon.Configuration);
        string? line = await process.StandardError.ReadLineAsync();
        line.ShouldBe("ovs-vswitchd/bridge/INFO/ovs-vswitchd (Open vSwitch) 3.1.0");
        while (line?.StartsWith("ovs-vswitchd/dpif/INFO/Datapath embedded", StringComparison.Ordinal) != true)
            line = (await process.StandardError.ReadLineAsync()).ShouldNotBeNull();
        _daemon.Id.ShouldBe(process.Id);
        Files().ShouldNotContain(file => file.EndsWith(".ctl", StringComparison.Ordinal));
        await VswitchdProcess.SignalAsync(process.Id, "TERM");
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Its_log_has_the_lines_of_Open_vSwitch_and_is_opened_anew()
    {
        (await DetachAsync("-vconsole:off", "-vunixctl:file:off", "--log-file")).Code.ShouldBe(0);
        string[] lines = await File.ReadAllLinesAsync(_daemon.Log);
        lines.ShouldAllBe(line => System.Text.RegularExpressions.Regex.IsMatch(
            line, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\|\d{5}\|[a-z_]+(\([^)|]+\))?\|(EMER|ERR|WARN|INFO|DBG)\|."));
        lines[0].ShouldEndWith($"|00001|vlog|INFO|opened log file {_daemon.Log}");
        lines[1].ShouldEndWith("|bridge|INFO|ovs-vswitchd (Open vSwitch) 3.1.0");
        lines.ShouldNotContain(line => line.Contains("|unixctl|", StringComparison.Ordinal));
        string[] levels = (await _daemon.AskAsync("vlog/list")).Split('\n');
        levels.ShouldContain("bridge             OFF       INFO       INFO");
        levels.ShouldContain("unixctl            OFF       INFO        OFF");
        (await _daemon.AskAsync("vlog/list-pattern")).Split('\n')[3].ShouldBe(
            "CONSOLE  none                              %D{%Y-%m-%dT%H:%M:%SZ}|%05N|%c%T|%p|%m");

        File.Move(_daemon.Log, _daemon.Log + ".1");
        await _daemon.AskAsync("vlog/set", "PATTERN:file:%N %c %m");
        await _daemon.AskAsync("vlog/reopen");
        (await File.ReadAllLinesAsync(_daemon.Log + ".1"))[^1].ShouldEndWith(" vlog closing log file");
        (await File.ReadAllLinesAsync(_daemon.Log)).ShouldHaveSingleItem().ShouldEndWith($" vlog opened log file {_daemon.Log}");
        // The same again changes nothing.
        await _daemon.AskAsync("vlog/reopen");
        (await File.ReadAllLinesAsync(_daemon.Log)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_monitor_starts_it_again_after_a_crash_and_ends_with_it_otherwise()
    {
        (await DetachAsync("-vconsole:off", "--log-file", "--monitor", "-vPATTERN:file:%c%T|%p|%m")).Code.ShouldBe(0);
        int first = _daemon.Id;
        int monitor = int.Parse(StatusOf(first)[1], CultureInfo.InvariantCulture);
        monitor.ShouldNotBe(Environment.ProcessId);
        await VswitchdProcess.SignalAsync(first, "XCPU");
        await Eventually.HoldsAsync(() => File.Exists(_daemon.PidFile) && File.ReadAllText(_daemon.PidFile) is { Length: > 0 } text
            && text != $"{first}\n" && File.Exists(_daemon.Socket));
        int second = _daemon.Id;
        StatusOf(second)[1].ShouldBe(monitor.ToString(CultureInfo.InvariantCulture));
        await _daemon.AskAsync("exit");
        await Eventually.HoldsAsync(() => !VswitchdProcess.IsAlive(second) && !VswitchdProcess.IsAlive(monitor));
        string[] lines = await File.ReadAllLinesAsync(_daemon.Log);
        string crash = string.Create(
            CultureInfo.InvariantCulture, $"daemon_unix(monitor)|ERR|1 crashes: pid {first} died, killed (CPU time limit exceeded)");
        lines.ShouldContain(line => line.StartsWith(crash, StringComparison.Ordinal)
            && line.EndsWith(", restarting", StringComparison.Ordinal));
        lines.ShouldContain(
            string.Create(CultureInfo.InvariantCulture, $"daemon_unix(monitor)|INFO|pid {second} died, exit status 0, exiting"));
    }

    [Fact]
    public async Task Lines_go_to_a_syslog_daemon_with_their_priority()
    {
        using var syslog = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        string path = Path.Combine(_daemon.Root, "syslog");
        syslog.Bind(new UnixDomainSocketEndPoint(path));
        (await DetachAsync($"--syslog-method=unix:{path}", "-vsyslog:info", "-vFACILITY:local3")).Code.ShouldBe(0);
        byte[] buffer = new byte[4096];
        int length = await syslog.ReceiveAsync(buffer);
        // LOG_LOCAL3 is 19, and LOG_INFO 6.
        Encoding.UTF8.GetString(buffer, 0, length).ShouldBe("<158>ovs|00001|bridge|INFO|ovs-vswitchd (Open vSwitch) 3.1.0");
    }

    private Task<(int Code, string Output, string Errors)> DetachAsync(params string[] arguments) =>
        _daemon.RunAsync(["--detach", "--pidfile", "--config", _daemon.Configuration, .. arguments]);

    /// <summary>State, parent, group, session and so on.</summary>
    private static string[] StatusOf(int process)
    {
        string status = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        return status[(status.LastIndexOf(')') + 2)..].Split(' ');
    }

    private IEnumerable<string> Files() => Directory.EnumerateFileSystemEntries(_daemon.Root).Select(file => Path.GetFileName(file));
}
