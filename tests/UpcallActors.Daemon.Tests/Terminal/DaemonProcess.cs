using System.Diagnostics;

namespace UpcallActors.Daemon.Tests.Terminal;

/// <summary>The daemon as a process of its own, with both its outputs in pipes.</summary>
internal sealed class DaemonProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;

    private DaemonProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Starts it.</summary>
    public static DaemonProcess Start(params string[] arguments) => Start([], arguments);

    /// <summary>The command that starts it.</summary>
    public static IReadOnlyList<string> CommandLine(params string[] arguments) =>
        [.. DaemonProgram.Command, .. arguments];

    /// <summary>How a shell starts it.</summary>
    public static string Shell => string.Join(' ', CommandLine().Select(word => $"\"{word}\""));

    /// <summary>Starts it with environment variables beside those that the tests have.</summary>
    public static DaemonProcess Start(IEnumerable<(string Name, string Value)> variables, string[] arguments)
    {
        IReadOnlyList<string> command = CommandLine(arguments);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        return new DaemonProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var daemon = Start(arguments);
        return await daemon.EndAsync();
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Waits for a line on standard error that contains a text, and returns it.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException($"The daemon ended without saying \"{text}\".");
    }

    /// <summary>Sends a signal; every system has a shell, and every shell has kill.</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"])!;
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<(int Code, string Output, string Errors)> EndAsync()
    {
        string errors = await _process.StandardError.ReadToEndAsync();
        string output = await _output;
        await _process.WaitForExitAsync();
        return (_process.ExitCode, output, errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
