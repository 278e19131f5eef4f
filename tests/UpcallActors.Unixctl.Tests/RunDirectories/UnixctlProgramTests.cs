using System.Diagnostics;
using System.Globalization;

namespace UpcallActors.Unixctl.Tests;

/// <summary>Programs that have one run directory, as <c>/run/openvswitch</c> is for all of Open vSwitch.</summary>
public sealed class UnixctlProgramTests : IDisposable
{
    private static readonly UnixctlProgram Switch = new("ovs-vswitchd", "/nonexistent/openvswitch");
    private static readonly UnixctlProgram Database = new("ovsdb-server", "/nonexistent/openvswitch");

    private readonly string _root = Directory.CreateTempSubdirectory("upcall-actors-run-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Each_has_its_own_pidfile_and_socket_and_its_clients_find_it()
    {
        using var first = RunDirectory.Claim(Switch, _root);
        using var second = RunDirectory.Claim(Database, _root);
        var log = new LogLines();
        await using var one = ControlServer.Start(
            await ControlSocket.OpenAsync(first, log), new ControlCommandTable([], "the switch", log), new ControlLimits(), log);
        await using var other = ControlServer.Start(
            await ControlSocket.OpenAsync(second, log), new ControlCommandTable([], "the database", log), new ControlLimits(), log);
        first.Announce();
        second.Announce();
        string pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Directory.GetFiles(_root).Select(Path.GetFileName).ShouldBe(
            ["ovs-vswitchd.pid", $"ovs-vswitchd.{pid}.ctl", "ovsdb-server.pid", $"ovsdb-server.{pid}.ctl"], ignoreOrder: true);
        (await AskAsync(Switch)).ShouldBe("the switch\n");
        (await AskAsync(Database)).ShouldBe("the database\n");
    }

    [OvsAppctlFact]
    public async Task The_real_client_finds_a_program_by_its_name()
    {
        using var directory = RunDirectory.Claim(Switch, _root);
        var log = new LogLines();
        await using var server = ControlServer.Start(
            await ControlSocket.OpenAsync(directory, log), new ControlCommandTable([], "the switch", log), new ControlLimits(), log);
        directory.Announce();
        // Without a target it asks ovs-vswitchd.
        var start = new ProcessStartInfo("ovs-appctl", ["version"]) { RedirectStandardOutput = true };
        start.Environment["OVS_RUNDIR"] = _root;
        using Process client = Process.Start(start)!;
        (await client.StandardOutput.ReadToEndAsync()).ShouldBe("the switch\n");
        await client.WaitForExitAsync();
    }

    private async Task<string> AskAsync(UnixctlProgram program)
    {
        using DaemonClient client = await DaemonClient.ConnectAsync(program, _root, CancellationToken.None);
        return await client.AskAsync("version", [], CancellationToken.None);
    }
}
