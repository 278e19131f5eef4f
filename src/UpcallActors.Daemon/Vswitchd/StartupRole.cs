using Microsoft.Win32.SafeHandles;
using UpcallActors.Linux;

namespace UpcallActors.Daemon.Vswitchd;

/// <summary>
/// What a process is that this program has started itself as: .NET cannot fork, so the one in front starts the same program again, and
/// tells it so by the environment.
/// </summary>
/// <param name="IsMonitor">Whether it only looks after the daemon, which is another process.</param>
/// <param name="Ready">Where it says that it is ready; owned.</param>
internal sealed record StartupRole(bool IsMonitor, SafeFileHandle Ready) : IDisposable
{
    private const string Variable = "UPCALL_ACTORS_STARTUP";
    private const string MonitorWord = "monitor";
    private const string DaemonWord = "daemon";

    /// <summary>
    /// That of this process, which its own children do not inherit; null for one that was started by somebody else.
    /// </summary>
    public static StartupRole? Take()
    {
        string? text = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return text?.Split(':') is [MonitorWord or DaemonWord, _] words && StartupPipe.Inherited(words[1]) is { } ready
            ? new StartupRole(words[0] == MonitorWord, ready) : null;
    }

    /// <summary>Starts this program again, and waits until it is ready or has ended.</summary>
    /// <param name="isMonitor">What it is to be.</param>
    /// <param name="isSession">Whether it begins a session of its own.</param>
    /// <returns>The process, and how it has ended; null if it is ready.</returns>
    public static (ChildProcess Child, ProcessEnd? End) Start(bool isMonitor, bool isSession)
    {
        using var pipe = StartupPipe.Make();
        var variables = Environment.GetEnvironmentVariables();
        IEnumerable<string> kept = variables.Keys.Cast<string>().Select(name => $"{name}={variables[name]}");
        var child = ChildProcess.Start(
            Environment.ProcessPath!,
            OwnProcess.CommandLine(),
            [.. kept, $"{Variable}={(isMonitor ? MonitorWord : DaemonWord)}:{pipe.Descriptor}"],
            isSession);
        return (child, pipe.Wait() ? null : child.Wait());
    }

    /// <summary>Says that it is ready.</summary>
    public void Tell() => StartupPipe.Tell(Ready);

    /// <inheritdoc/>
    public void Dispose() => Ready.Dispose();
}
