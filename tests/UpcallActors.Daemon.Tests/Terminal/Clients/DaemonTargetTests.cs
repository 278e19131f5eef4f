using UpcallActors.Daemon.Tests.Control;

namespace UpcallActors.Daemon.Tests.Terminal.Clients;

/// <summary>How a command finds the daemon that it is for.</summary>
public sealed class DaemonTargetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upcall-actors-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_daemon_is_found_by_its_directory_and_its_absence_is_said()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (int code, _, _) = await ClientRun.RunAsync("show", "--target", daemon.Directory.Path);
        code.ShouldBe(0);
        (code, _, string errors) = await ClientRun.RunAsync("show", "--target", _folder);
        code.ShouldBe(1);
        errors.ShouldBe($"upcall-actors: no daemon runs: there is no upcall-actors.pid in {_folder}\n");
        (code, _, errors) = await ClientRun.RunAsync("show", "-t", Path.Combine(_folder, "no.ctl"));
        code.ShouldBe(1);
        errors.ShouldEndWith("no.ctl: No such file or directory\n");
        // No process has this number.
        (code, _, errors) = await ClientRun.RunAsync("show", "-t", "4194305");
        code.ShouldBe(1);
        errors.ShouldStartWith("upcall-actors: no daemon with process id 4194305");
    }

    [Fact]
    public async Task A_daemon_is_found_by_the_run_directory_of_its_configuration()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        string file = Path.Combine(_folder, "daemon.conf");
        await File.WriteAllTextAsync(file, $"upcall-actors.run-dir = \"{daemon.Directory.Path}\"\n");
        (int code, string output, string errors) = await ClientRun.RunAsync("show", "--config", file);
        code.ShouldBe(0, errors);
        output.ShouldContain("datapath  embedded@ovs-system");
        // What is said on the command line counts more.
        (code, _, errors) = await ClientRun.RunAsync("show", "--config", file, "--target", _folder);
        code.ShouldBe(1);
        errors.ShouldContain($"there is no upcall-actors.pid in {_folder}");
        await File.WriteAllTextAsync(file, $"upcall-actors {{ run-dir = \n");
        (code, _, errors) = await ClientRun.RunAsync("show", "--config", file);
        code.ShouldBe(1);
        errors.ShouldContain($"{file}:");
    }

    [Fact]
    public async Task A_daemon_is_found_where_OVS_RUNDIR_says()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        using var client = DaemonProcess.Start([("OVS_RUNDIR", daemon.Directory.Path)], ["show"]);
        (int code, string output, string errors) = await client.EndAsync();
        code.ShouldBe(0, errors);
        output.ShouldContain("datapath  embedded@ovs-system");
    }
}
