namespace UpcallActors.Switch.Tests;

/// <summary>A switch that follows the database of a real server. Its devices are a test's.</summary>
internal sealed class DatabaseSwitch : IAsyncDisposable
{
    private readonly SwitchUnderTest _switch = new();
    private SwitchDatabase? _database;
    private RunningSwitch? _running;

    private DatabaseSwitch()
    {
    }

    /// <summary>The devices.</summary>
    public ScriptedPorts Ports => _switch.Ports;

    /// <summary>The switch.</summary>
    public RunningSwitch Running => _running!;

    /// <summary>How it follows the database.</summary>
    public SwitchDatabase Database => _database!;

    /// <summary>What was logged.</summary>
    public LogLines Log => _switch.Log;

    /// <summary>Starts one with devices of these names, when the lock is its.</summary>
    public static async Task<DatabaseSwitch> StartAsync(DatabaseServer server, params string[] devices)
    {
        DatabaseSwitch started = Connect(server, devices);
        try
        {
            await started.BeginAsync(server);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>One that waits for the lock.</summary>
    public static DatabaseSwitch Connect(DatabaseServer server, params string[] devices)
    {
        var made = new DatabaseSwitch();
        foreach (string device in devices)
            made.Ports.SetDevice(device, 1500);
        Assert.True(ConnectionTarget.TryParse($"unix:{server.Socket}", out ConnectionTarget? remote, DatabaseOptions.DefaultPort));
        made._database = SwitchDatabase.Connect(SwitchUnderTest.Actors, new DatabaseOptions(remote) { Logger = made.Log });
        return made;
    }

    /// <summary>Starts the switch, when the lock is its.</summary>
    public async Task BeginAsync(DatabaseServer server)
    {
        await Database.Ready;
        _running = await RunningSwitch.StartAsync(
            SwitchUnderTest.Actors, _switch.Datapath, _switch.Ports, SwitchConfiguration.Empty,
            _switch.Options with { RunDirectory = server.Folder, Time = null });
        await Database.AttachAsync(_running);
        await Database.Configured;
    }

    /// <summary>The port of a bridge; null if it has none of this name.</summary>
    public InterfaceState? Find(string bridge, string name) => Running.State.Bridges
        .Where(one => one.Name == bridge).SelectMany(one => one.Ports).SelectMany(port => port.Interfaces)
        .FirstOrDefault(one => one.Name == name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_running is not null)
            await _running.DisposeAsync();
        _switch.Dispose();
    }
}
