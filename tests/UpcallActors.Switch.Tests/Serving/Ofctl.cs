using System.Diagnostics;

namespace UpcallActors.Switch.Tests;

/// <summary>Open vSwitch's own client.</summary>
internal static class Ofctl
{
    /// <summary>The program.</summary>
    public const string Program = "ovs-ofctl";

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, errors);
    }
}
