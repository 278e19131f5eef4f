using System.Diagnostics;

namespace UpcallActors.SystemTests;

/// <summary>A program of the system, or the daemon, run to its end. One that does not end fails, and the test with it.</summary>
internal static class Command
{
    /// <summary>No program takes so long that ends by itself, on an emulated machine either.</summary>
    private static readonly TimeSpan _limit = 2 * Eventually.Limit;

    /// <summary>Runs a program; what it prints, errors included, comes back if it succeeds.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        (int code, string output) = await TryAsync(program, arguments);
        code.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {output}");
        return output;
    }

    /// <summary>Runs a program; its exit code and what it printed, errors behind output.</summary>
    public static async Task<(int Code, string Output)> TryAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program,
            arguments)
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        try
        {
            // What it printed comes to its end with the last of those that it has started.
            await Task.WhenAll(output, errors, process.WaitForExitAsync()).WaitAsync(_limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {_limit}");
        }

        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Runs the daemon to its end.</summary>
    public static Task<(int Code, string Output)> DaemonAsync(params string[] arguments) =>
        TryAsync(DaemonProgram.Command[0], [.. DaemonProgram.Command.Skip(1), .. arguments]);
}
