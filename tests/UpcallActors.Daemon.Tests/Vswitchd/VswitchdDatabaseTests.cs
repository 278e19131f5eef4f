using System.Diagnostics;

namespace UpcallActors.Daemon.Tests.Vswitchd;

/// <summary>The process <c>ovs-vswitchd</c> with a database, as <c>ovs-ctl</c> starts it.</summary>
public sealed class VswitchdDatabaseTests : IDisposable
{
    private readonly VswitchdProcess _daemon = new();

    public void Dispose() => _daemon.Dispose();

    [DatabaseFact]
    public async Task Ovs_vsctl_finds_a_switch_behind_the_database()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        (int code, string output, string errors) = await DetachAsync(server);
        (code, output, errors).ShouldBe((0, "", ""));

        await server.ConfigureAsync("add-br", "b0", "--", "add-port", "b0", "pa", "--", "set", "Interface", "pa", "type=patch",
            "options:peer=pb", "--", "add-port", "b0", "pb", "--", "set", "Interface", "pb", "type=patch", "options:peer=pa",
            "ofport_request=9");

        (await server.ConfigureAsync("get", "Interface", "pb", "ofport")).ShouldBe("9\n");
        File.Exists(Path.Combine(_daemon.Root, "b0.mgmt")).ShouldBeTrue();
        (await _daemon.AskAsync("dpif/show")).ShouldContain("    pb 9/none: (patch: peer=pa)\n");
        await _daemon.AskAsync("exit");
    }

    [DatabaseFact]
    public async Task What_the_database_says_of_the_whole_switch_holds_for_the_pipeline()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        (await DetachAsync(server)).Code.ShouldBe(0);

        await server.ConfigureAsync("set", "Open_vSwitch", ".", "other_config:flow-limit=1234");

        await Eventually.HoldsAsync(async () => (await _daemon.AskAsync("upcall/show")).Contains("(limit 1234)"));
        await _daemon.AskAsync("exit");
    }

    [DatabaseFact]
    public async Task A_daemon_that_waits_for_flows_is_there_for_those_who_restore_them()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await server.ConfigureAsync("--no-wait", "set", "Open_vSwitch", ".", "other_config:flow-restore-wait=true", "--",
            "add-br", "b0", "--", "set", "Bridge", "b0", "datapath_type=dummy");
        // A device of the host may be another daemon's for a while, and its address changes the bridge's when it comes.
        (await _daemon.RunAsync(
            "--detach", "--pidfile", "-vconsole:off", "--enable-dummy", "--disable-system", $"unix:{server.Socket}")).Code.ShouldBe(0);
        await server.RunAsync("ovs-ofctl", "add-flow", $"unix:{_daemon.Root}/b0.mgmt", "priority=9,actions=drop");

        await server.ConfigureAsync("remove", "Open_vSwitch", ".", "other_config", "flow-restore-wait");

        await _daemon.AskAsync("revalidator/wait");
        (await server.RunAsync("ovs-ofctl", "dump-flows", $"unix:{_daemon.Root}/b0.mgmt")).ShouldContain("priority=9");
        await _daemon.AskAsync("exit");
    }

    [DatabaseFact]
    public async Task A_daemon_without_its_database_waits_answers_and_can_be_ended()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        server.Kill();
        using Process front = Start(server);
        await Eventually.HoldsAsync(() => File.Exists(_daemon.PidFile) && File.Exists(_daemon.Socket));

        (await _daemon.AskAsync("version")).ShouldStartWith("ovs-vswitchd (Open vSwitch) ");
        front.HasExited.ShouldBeFalse();
        await _daemon.AskAsync("exit");

        await front.WaitForExitAsync();
    }

    [DatabaseFact]
    public async Task A_daemon_that_waits_for_its_database_is_ready_when_that_is_there()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await server.ConfigureAsync("--no-wait", "add-br", "b0");
        server.Kill();
        using Process front = Start(server);
        await Eventually.HoldsAsync(() => File.Exists(_daemon.PidFile) && File.Exists(_daemon.Socket));

        await server.BeginAsync();
        await front.WaitForExitAsync();

        front.ExitCode.ShouldBe(0);
        File.Exists(Path.Combine(_daemon.Root, "b0.mgmt")).ShouldBeTrue();
        await _daemon.AskAsync("exit");
    }

    [DatabaseFact]
    public async Task A_second_daemon_takes_over_when_the_first_one_has_gone()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        using var second = new VswitchdProcess();
        (await DetachAsync(server)).Code.ShouldBe(0);
        await server.ConfigureAsync("add-br", "b0");
        using Process front = second.Start([.. Arguments(server), "--log-file"]);
        await Eventually.HoldsAsync(() => File.Exists(second.Log)
            && File.ReadAllText(second.Log).Contains("another ovs-vswitchd process is running, disabling this process"));
        front.HasExited.ShouldBeFalse();

        await _daemon.AskAsync("exit");
        await front.WaitForExitAsync();

        front.ExitCode.ShouldBe(0);
        File.Exists(Path.Combine(second.Root, "b0.mgmt")).ShouldBeTrue();
        await second.AskAsync("exit");
    }

    [DatabaseFact]
    public async Task With_dummies_ports_need_no_device_and_have_the_numbers_in_their_names()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        (int code, _, string errors) = await _daemon.RunAsync(
            "--detach", "--pidfile", "-vconsole:off", "--enable-dummy=override", "--disable-system", $"unix:{server.Socket}");
        (code, errors).ShouldBe((0, ""));

        await server.ConfigureAsync(
            "add-br", "br0", "--", "set", "Bridge", "br0", "datapath_type=dummy", "--", "add-port", "br0", "p7", "--",
            "add-port", "br0", "v", "--", "set", "Interface", "v", "type=geneve", "options:remote_ip=flow", "options:key=flow");

        (await _daemon.AskAsync("dpif/show")).ShouldBe("""
            dummy@ovs-dummy: hit:0 missed:0
              br0:
                br0 65534/100: (dummy-internal)
                p7 1/7: (dummy)
                v 2/6081: (geneve: key=flow, remote_ip=flow)

            """);
        await _daemon.AskAsync("exit");
    }

    [Fact]
    public async Task A_remote_that_is_none_is_refused()
    {
        (int code, _, string errors) = await _daemon.RunAsync("-vconsole:off", "nowhere:1");
        code.ShouldBe(1);
        errors.ShouldContain("remote must be unix:FILE, tcp:HOST[:PORT] or ssl:HOST[:PORT], not nowhere:1");
    }

    /// <summary>The embedded datapath, on which any user may have patch ports.</summary>
    private string[] Arguments(DatabaseServer server)
    {
        string datapath = Path.Combine(server.Folder, "datapath.conf");
        File.WriteAllText(datapath, "upcall-actors.datapath { type = embedded, name = nothing }\n");
        return ["--detach", "--pidfile", "-vconsole:off", $"--config={datapath}", $"unix:{server.Socket}"];
    }

    private Process Start(DatabaseServer server) => _daemon.Start(Arguments(server));

    private Task<(int Code, string Output, string Errors)> DetachAsync(DatabaseServer server) => _daemon.RunAsync(Arguments(server));
}
