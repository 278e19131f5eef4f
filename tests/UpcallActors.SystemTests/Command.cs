using System.Diagnostics;

namespace UpcallActors.SystemTests;

/// <summary>A program of the system, or the daemon, run to its end.</summary>
internal static class Command
{
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
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    /// <summary>Runs the daemon to its end.</summary>
    public static Task<(int Code, string Output)> DaemonAsync(params string[] arguments) =>
        TryAsync(DaemonProgram.Command[0], [.. DaemonProgram.Command.Skip(1), .. arguments]);
}
