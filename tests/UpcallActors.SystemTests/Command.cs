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
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    /// <summary>The <c>dotnet</c> that runs the tests.</summary>
    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");

    /// <summary>
    /// The daemon, a program and its first arguments: what <c>UPCALL_DAEMON</c> names, which tests/vm/run-system-tests publishes compiled ahead of time, as it is meant to be run; otherwise the one
    /// built with the tests.
    /// </summary>
    public static IReadOnlyList<string> Daemon { get; } = Environment.GetEnvironmentVariable("UPCALL_DAEMON") is { } program
        ? [program]
        : [Dotnet, "exec", Path.Combine(AppContext.BaseDirectory, "upcall-actors.dll")];

    /// <summary>Runs the daemon to its end.</summary>
    public static Task<(int Code, string Output)> DaemonAsync(params string[] arguments) => TryAsync(Daemon[0], [.. Daemon.Skip(1), .. arguments]);
}
