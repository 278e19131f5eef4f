using System.Diagnostics;
using System.Text.RegularExpressions;

namespace UpcallActors.Switch.Tests;

/// <summary>Open vSwitch's own client.</summary>
internal static partial class Ofctl
{
    /// <summary>The program.</summary>
    public const string Program = "ovs-ofctl";

    // The real switch tells clients of 1.1 a number for a table's default that 1.1 does not have.
    private const string BadMiss = "ofp_table|WARN|bad table miss config 3\n";

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

    /// <summary>
    /// All that it says of a bridge, whose place in <paramref name="call"/> is <c>BRIDGE</c>: lines of a dump in order, and nothing that is
    /// different at each call.
    /// </summary>
    public static async Task<string> AnswerOfAsync(string[] call, string socket)
    {
        string bridge = $"unix:{socket}";
        (int code, string output, string errors) = await RunAsync([.. call.Select(word => word == "BRIDGE" ? bridge : word)]);
        IEnumerable<string> lines = output.Split('\n').Order(StringComparer.Ordinal);
        string said = $"exit {code}\n{string.Join('\n', lines)}\n{Clock().Replace(errors, "")}";
        said = said.Replace(BadMiss, "", StringComparison.Ordinal).Replace(bridge, "BRIDGE", StringComparison.Ordinal);
        return Transaction().Replace(said, "xid");
    }

    [GeneratedRegex(@"xid=0x[0-9a-f]+")]
    private static partial Regex Transaction();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z\|\d+\|")]
    private static partial Regex Clock();
}
