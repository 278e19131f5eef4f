using System.Diagnostics;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// The real <c>ovs-vswitchd</c> with the datapath that it has for tests, and a bridge br0 of the ports p1, p2 and p3. It needs no privilege
/// and touches no device.
/// </summary>
internal sealed class RealSwitch : IDisposable
{
    private const string Schema = "/usr/share/openvswitch/vswitch.ovsschema";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("real");
    private readonly List<Process> _daemons = [];

    private RealSwitch()
    {
    }

    private string Database => Path.Combine(_directory.FullName, "db.sock");

    private string Control => Path.Combine(_directory.FullName, "vswitchd.ctl");

    /// <summary>Why it cannot run here; null if it can.</summary>
    public static string? Obstacle { get; } = File.Exists(Schema) && File.Exists("/usr/sbin/ovs-vswitchd")
        ? OfctlFactAttribute.Reason
        : "ovs-vswitchd is not installed (Debian: openvswitch-switch)";

    /// <summary>The bridge's service socket.</summary>
    public string Socket => Path.Combine(_directory.FullName, "br0.mgmt");

    /// <summary>Starts it, with a controller if there is to be one.</summary>
    public static async Task<RealSwitch> StartAsync(string? controller = null)
    {
        var real = new RealSwitch();
        try
        {
            await real.BeginAsync(controller);
            return real;
        }
        catch
        {
            real.Dispose();
            throw;
        }
    }

    /// <summary>Changes its configuration by <c>ovs-vsctl</c>, which waits until that is done.</summary>
    public Task ConfigureAsync(params string[] command) => RunAsync("ovs-vsctl", [$"--db=unix:{Database}", .. command]);

    /// <summary>All flows of the bridge, the hidden ones included.</summary>
    public Task<string> DumpAllFlowsAsync() => ControlAsync("bridge/dump-flows", "br0");

    /// <summary>What becomes of a packet.</summary>
    public Task<string> TraceAsync(string packet, string bridge = "br0") =>
        ControlAsync("ofproto/trace", "--names", bridge, packet);

    /// <summary>What becomes of a packet that has the key of a datapath flow; what it says of one that is in no bridge.</summary>
    public async Task<string> TraceInDatapathAsync(string key)
    {
        using var process = Process.Start(Of("ovs-appctl", ["-t", Control, "ofproto/trace", "--names", "ovs-dummy", key]))!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string trace = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? trace : await errors;
    }

    /// <summary>What <c>ovs-appctl</c> says to a command.</summary>
    public Task<string> ControlAsync(params string[] command) => RunAsync("ovs-appctl", ["-t", Control, .. command]);

    /// <summary>The service socket of a bridge.</summary>
    public string SocketOf(string bridge) => Path.Combine(_directory.FullName, $"{bridge}.mgmt");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Process daemon in _daemons)
        {
            daemon.Kill();
            daemon.WaitForExit();
            daemon.Dispose();
        }

        _directory.Delete(recursive: true);
    }

    private async Task BeginAsync(string? controller)
    {
        string database = Path.Combine(_directory.FullName, "conf.db");
        await RunAsync("ovsdb-tool", "create", database, Schema);
        Begin("ovsdb-server", database, $"--remote=punix:{Database}", $"--unixctl={_directory.FullName}/ovsdb.ctl");
        await Eventually.HoldsAsync(() => File.Exists(Database), () => "ovsdb-server does not listen");
        await ConfigureAsync("--no-wait", "init");
        Begin(
            "ovs-vswitchd",
            $"unix:{Database}",
            "--enable-dummy=system",
            "--disable-system",
            $"--unixctl={Control}");
        string[] ports = [.. Enumerable.Range(1, 3).SelectMany(port => new[]
        {
            "--", "add-port", "br0", $"p{port}", "--", "set", "Interface", $"p{port}", "type=dummy", $"ofport_request={port}",
        })];
        await ConfigureAsync(
            ["add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=dummy", "fail_mode=secure", .. ports]);
        await Eventually.HoldsAsync(() => File.Exists(Socket), () => "ovs-vswitchd has no bridge");
        if (controller is not null)
            await ConnectAsync(controller);
    }

    /// <summary>With the datapath id and the versions that <see cref="ServedSwitch.Bridge"/> has.</summary>
    private Task ConnectAsync(string controller) => ConfigureAsync(
        "set", "bridge", "br0", "other_config:datapath-id=fedcba9876543210",
        "protocols=OpenFlow10,OpenFlow11,OpenFlow12,OpenFlow13,OpenFlow14,OpenFlow15",
        "--", "set-controller", "br0", controller, "--", "set", "controller", "br0", "max_backoff=1000");

    private void Begin(string program, params string[] arguments) =>
        _daemons.Add(Process.Start(Of(program, [.. arguments, "-vconsole:off"]))!);

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(Of(program, arguments))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {errors}");
        return await output;
    }

    private ProcessStartInfo Of(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string variable in (string[])["OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR", "OVS_SYSCONFDIR"])
            start.Environment[variable] = _directory.FullName;
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin";
        return start;
    }
}
