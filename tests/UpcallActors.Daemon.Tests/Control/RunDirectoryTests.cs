using System.Diagnostics;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Tests.Terminal;
using UpcallActors.Unixctl;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>A second daemon and the real clients beside a daemon's run directory.</summary>
public sealed class RunDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("upcall-actors-run-").FullName;

    private string PidFile => Path.Combine(_root, "upcall-actors.pid");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_second_daemon_is_refused_and_told_who_has_the_directory()
    {
        using (RunDirectory directory = RunDirectory.Claim(DaemonPrograms.UpcallActors, _root))
        {
            directory.Announce();
            (int code, _, string errors) = await RunDaemonAsync();
            code.ShouldBe(1);
            errors.ShouldContain($"{PidFile}: already running as pid {Environment.ProcessId}");
            Directory.GetFiles(_root).ShouldBe([PidFile], "the one that was refused leaves nothing behind");
        }
    }

    [Fact]
    public async Task While_one_daemon_starts_there_is_no_pidfile_and_another_is_refused()
    {
        using (RunDirectory.Claim(DaemonPrograms.UpcallActors, _root))
        {
            File.Exists(PidFile).ShouldBeFalse();
            (int code, _, string errors) = await RunDaemonAsync();
            code.ShouldBe(1);
            errors.ShouldContain("another daemon is starting in this directory");
        }

        Directory.GetFiles(_root, "upcall-actors*").ShouldBeEmpty();
    }

    [OvsAppctlFact]
    public async Task The_real_client_finds_the_daemon_by_its_pidfile()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        string runDirectory = daemon.Directory.Path;
        (await RunAsync("env", $"OVS_RUNDIR={runDirectory}", "ovs-appctl", "-t", "upcall-actors", "dpctl/dump-dps"))
            .ShouldBe((0, "embedded@ovs-system\n", ""));
        (await RunAsync("ovs-appctl", "-t", daemon.Directory.SocketPath, "fdb/show", "br0"))
            .ShouldBe((0, " port  VLAN  MAC                Age\n", ""));
        (int code, string output, string errors) = await RunAsync("env", $"OVS_RUNDIR={runDirectory}", "ovs-appctl", "-t", "upcall-actors",
            "fdb/show", "nosuch");
        (code, output, errors).ShouldBe((2, "", "no such bridge\novs-appctl: upcall-actors: server returned an error\n"));
    }

    /// <summary>Runs a daemon in the directory to its end.</summary>
    private async Task<(int Code, string Output, string Errors)> RunDaemonAsync()
    {
        using var configuration = new Configuration.ConfigurationFolder();
        string file = configuration.Write("live.conf", $$"""
            upcall-actors {
              datapath.type = embedded
              run-dir = "{{_root}}"
              bridges.br0.ports.p0 { number = 1, type = system, interface = lo }
            }
            """);
        return await DaemonProcess.RunAsync("run", "--config", file);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program,
            arguments)
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
