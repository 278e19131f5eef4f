using System.Globalization;

namespace UpcallActors.SystemTests.Harness;

/// <summary>
/// The real <c>ovs-vswitchd</c> in the daemon's place: what it passes is right about Open vSwitch. Chosen by the environment variable
/// <see cref="Variable"/>, to try a scenario or the harness itself.
/// </summary>
internal sealed class ReferenceSwitch(Lab lab, SwitchConfiguration configuration) : ISwitch
{
    /// <summary>The variable that asks for it, with any value.</summary>
    public const string Variable = "UPCALL_REFERENCE";

    private readonly IReadOnlyDictionary<string, string> _environment = EnvironmentOf(lab);

    private BackgroundProcess? _database;
    private BackgroundProcess? _daemon;

    /// <inheritdoc/>
    public string Log => _daemon?.Output ?? "";

    /// <summary>The file of its database's socket.</summary>
    public string Socket => Path.Combine(lab.Folder, "db.sock");

    /// <inheritdoc/>
    public async Task StartAsync()
    {
        bool first = _database is null;
        if (first)
        {
            string file = Path.Combine(lab.Folder, "conf.db");
            await Command.RunAsync("ovsdb-tool", "create", file, "/usr/share/openvswitch/vswitch.ovsschema");
            _database = BackgroundProcess.Start("ovsdb-server", [file, $"--remote=punix:{Socket}"], _environment);
            await Eventually.HoldsAsync(() => File.Exists(Socket), () => "no ovsdb-server");
            await VsctlAsync("--no-wait init");
        }

        if (_daemon != null)
            await _daemon.DisposeAsync();
        _daemon = lab.Switch.Start(["ovs-vswitchd", $"unix:{Socket}", "--pidfile", "-vconsole:info"], _environment);
        if (!first)
        {
            await Eventually.HoldsAsync(async () => (await TryAppctlAsync("version")).Code == 0, () => Log);
            return;
        }

        foreach (BridgeConfiguration bridge in configuration.Bridges)
            await AddAsync(bridge);
    }

    /// <inheritdoc/>
    public async Task<string> AppctlAsync(params string[] command)
    {
        (int code, string output) = await TryAppctlAsync(command);
        code.ShouldBe(0, output);
        return output;
    }

    /// <summary>Where a switch of a lab has its files, by the variables of Open vSwitch.</summary>
    public static Dictionary<string, string> EnvironmentOf(Lab lab) => new()
    {
        ["OVS_RUNDIR"] = lab.Folder,
        ["OVS_LOGDIR"] = lab.Folder,
        ["OVS_DBDIR"] = lab.Folder,
    };

    /// <summary>Ends the daemon, as scripts do; datapath and database stay.</summary>
    public async Task EndAsync()
    {
        await AppctlAsync("exit");
        await _daemon!.ExitAsync();
    }

    /// <inheritdoc/>
    public async Task KillAsync()
    {
        await _daemon!.SignalAsync("KILL");
        await _daemon.ExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_daemon != null)
            await _daemon.DisposeAsync();
        if (_database != null)
            await _database.DisposeAsync();
    }

    /// <summary>Changes or asks the database.</summary>
    public Task<string> VsctlAsync(string arguments) =>
        Command.RunAsync("ovs-vsctl", [$"--db=unix:{Socket}", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    private async Task AddAsync(BridgeConfiguration bridge)
    {
        await VsctlAsync($"add-br {bridge.Name} -- set bridge {bridge.Name} datapath_type=system "
            + $"fail-mode={(bridge.Flows is null ? "standalone" : "secure")}");
        foreach (PortConfiguration port in bridge.Ports)
        {
            string tunnel = port.Remote is null ? "" : $"type={port.Type} options:remote_ip={port.Remote} ";
            string key = port.Key is null ? "" : $"options:key={port.Key} ";
            string vlan = port.Vlan is not var (mode, tag) ? "" : $" -- set port {port.Name} vlan_mode={mode} tag={tag}";
            await VsctlAsync($"add-port {bridge.Name} {port.Name} -- set "
                + $"interface {port.Name} {tunnel}{key}ofport_request={port.Number.ToString(CultureInfo.InvariantCulture)}{vlan}");
        }

        if (bridge.Controller is not null)
        {
            await VsctlAsync($"set-controller {bridge.Name} {bridge.Controller} -- set controller {bridge.Name} max_backoff=1000 "
                + $"connection_mode={(bridge.InBand ? "in-band" : "out-of-band")}");
        }

        if (bridge.Flows is null)
            return;
        string file = Path.Combine(lab.Folder, $"{bridge.Name}.flows");
        await File.WriteAllTextAsync(file, bridge.Flows);
        await Command.RunAsync("ovs-ofctl", "--bundle", "add-flows", $"unix:{lab.Folder}/{bridge.Name}.mgmt", file);
    }

    private Task<(int Code, string Output)> TryAppctlAsync(params string[] command) =>
        Command.TryAsync("ovs-appctl",
            ["-t", Path.Combine(lab.Folder, string.Create(CultureInfo.InvariantCulture, $"ovs-vswitchd.{_daemon!.Id}.ctl")), .. command]);
}
