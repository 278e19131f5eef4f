using System.Diagnostics;

namespace UpcallActors.SystemTests.Control;

/// <summary>The daemon as a process on the kernel's datapath, with one bridge, and the real <c>ovs-appctl</c> to talk to it.</summary>
internal sealed class RunningDaemon : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _folder;

    private RunningDaemon(Process process, string folder)
    {
        _process = process;
        _folder = folder;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public string SocketPath => Path.Combine(_folder, $"upcall-actors.{_process.Id}.ctl");

    /// <summary>
    /// Starts it with the devices as ports, and ends when it is ready and all ports
    /// are in the datapath. The folder holds its configuration and its socket.
    /// </summary>
    public static async Task<RunningDaemon> StartAsync(string folder, params string[] devices)
    {
        string file = Path.Combine(folder, "upcall-actors.conf");
        IEnumerable<string> ports = devices.Select(
            (device, index) => $"{device} {{ number = {index + 1}, type = system, interface = {device} }}");
        await File.WriteAllTextAsync(file, $$"""
            upcall-actors {
              datapath { type = kernel, on-exit = keep }
              run-dir = "{{folder}}"
              bridges.br0 {
                fail-mode = standalone
                ports { {{string.Join('\n', ports)}} }
              }
            }
            """);
        string[] arguments = [.. DaemonProgram.Command.Skip(1), "run", "--config", file];
        Process process = Process.Start(new ProcessStartInfo(DaemonProgram.Command[0], arguments) { RedirectStandardError = true })!;
        var daemon = new RunningDaemon(process, folder);
        // The pidfile alone may be one that a killed daemon has left; that is gone when there is a socket of this one's.
        await Eventually.HoldsAsync(
            () => (File.Exists(daemon.SocketPath) && File.Exists(Path.Combine(folder, "upcall-actors.pid"))) || process.HasExited,
            () => "the daemon is not ready");
        process.HasExited.ShouldBeFalse(process.HasExited ? await daemon._errors : "");
        foreach (string device in devices)
        {
            // A device that is not in the datapath yet has no datapath port number.
            while ((await daemon.AppctlAsync("dpif/show")).Contains($"{device} {Array.IndexOf(devices, device) + 1}/none",
                StringComparison.Ordinal))
                await Task.Yield();
        }

        return daemon;
    }

    /// <summary>What a command prints; it must succeed.</summary>
    public Task<string> AppctlAsync(params string[] arguments) =>
        Command.RunAsync("env", [$"OVS_RUNDIR={_folder}", "ovs-appctl", "-t", "upcall-actors", .. arguments]);

    /// <summary>What a command prints, errors behind output, and its exit code.</summary>
    public Task<(int Code, string Output)> TryAppctlAsync(params string[] arguments) =>
        Command.TryAsync("env", [$"OVS_RUNDIR={_folder}", "ovs-appctl", "-t", "upcall-actors", .. arguments]);

    /// <summary>Waits for its end.</summary>
    public async Task<(int Code, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await _errors);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
