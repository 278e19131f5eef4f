using System.Globalization;

namespace UpcallActors.SystemTests.Harness;

/// <summary>Our daemon, as a process of its own in the lab's switch namespace.</summary>
internal sealed class DaemonProcess(Lab lab, SwitchConfiguration configuration) : ISwitch
{
    private BackgroundProcess? _process;
    private string _earlier = "";

    /// <inheritdoc/>
    public string Log => _earlier + _process?.Output;

    private string ControlSocket =>
        Path.Combine(lab.Folder, string.Create(CultureInfo.InvariantCulture, $"upcall-actors.{_process!.Id}.ctl"));

    /// <summary>Starts the switch that the tests are about.</summary>
    public static async Task<ISwitch> StartAsync(Lab lab, SwitchConfiguration configuration)
    {
        ISwitch daemon = Environment.GetEnvironmentVariable(ReferenceSwitch.Variable) is null
            ? new DaemonProcess(lab, configuration)
            : new ReferenceSwitch(lab, configuration);
        lab.Own(daemon);
        await daemon.StartAsync();
        return daemon;
    }

    /// <inheritdoc/>
    public async Task StartAsync()
    {
        if (_process != null)
        {
            _earlier += _process.Output + "\n";
            await _process.DisposeAsync();
        }

        string file = await configuration.WriteAsync(lab.Folder);
        _process = lab.Switch.Start([.. Program(configuration), "run", "--config", file]);
        await Eventually.HoldsAsync(
            async () => _process.HasExited
                ? throw new InvalidOperationException($"the daemon ended:\n{Log}")
                : File.Exists(ControlSocket) && (await TryAppctlAsync("version")).Code == 0,
            () => $"the daemon does not answer:\n{Log}");
    }

    /// <inheritdoc/>
    public async Task<string> AppctlAsync(params string[] command)
    {
        (int code, string output) = await TryAppctlAsync(command);
        code.ShouldBe(0, output);
        return output;
    }

    /// <inheritdoc/>
    public async Task KillAsync()
    {
        await _process!.SignalAsync("KILL");
        await _process.ExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process != null)
            await _process.DisposeAsync();
    }

    private static IEnumerable<string> Program(SwitchConfiguration configuration) => configuration.WithoutMru
        ? [DaemonProgram.Dotnet, "exec", typeof(DaemonProcess).Assembly.Location, DaemonWithoutMru.Argument]
        : DaemonProgram.Command;

    private Task<(int Code, string Output)> TryAppctlAsync(params string[] command) =>
        Command.TryAsync("ovs-appctl", ["-t", ControlSocket, .. command]);
}
