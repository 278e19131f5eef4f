using System.Diagnostics;
using System.Globalization;

namespace UpcallActors.SystemTests.Harness;

/// <summary>A program that runs beside the test; what it prints is kept, output and errors in one, line by line.</summary>
internal sealed class BackgroundProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _title;
    private readonly List<string> _lines = [];
    private readonly Task _reading;

    private BackgroundProcess(Process process, string title)
    {
        _process = process;
        _title = title;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>The process's id. A program behind <c>ip netns exec</c> has it, since that one becomes it.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>All lines so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Starts a program, with more in its environment than the test has.</summary>
    public static BackgroundProcess Start(string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new BackgroundProcess(Process.Start(start)!, $"{program} {string.Join(' ', start.ArgumentList)}");
    }

    /// <summary>Waits until a line contains the text; fails when the program ends without.</summary>
    public Task HasPrintedAsync(string text) => Eventually.HoldsAsync(
        () =>
        {
            bool ended = _process.HasExited && _reading.IsCompleted;
            bool printed = Output.Contains(text, StringComparison.Ordinal);
            return printed || !ended
                ? printed
                : throw new InvalidOperationException($"{_title} ended with {_process.ExitCode} and without '{text}':\n{Output}");
        },
        () => $"{_title} did not print '{text}':\n{Output}");

    /// <summary>Sends a signal, such as <c>TERM</c>. Nothing happens when the process has ended.</summary>
    public async Task SignalAsync(string signal)
    {
        if (!_process.HasExited)
            await Command.TryAsync("kill", $"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_title} did not end:\n{Output}");
        }

        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Ends it, at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lines)
                _lines.Add(line);
        }
    }
}
