using System.Diagnostics;

namespace UpcallActors.Daemon.Tests.Vswitchd;

/// <summary>The real <c>ovs-vswitchd</c>, where it is installed.</summary>
internal static class RealVswitchd
{
    private const string Program = "/usr/lib/openvswitch-switch/ovs-vswitchd";

    /// <summary>Whether there is one: the program of Debian's package, not what may stand for it.</summary>
    public static bool IsInstalled { get; } = File.Exists(Program);

    /// <summary>Runs it with arguments that it ends by at once.</summary>
    public static async Task<(string Output, string Errors)> RunAsync(params string[] arguments)
    {
        // The C library begins a complaint with what the program was called by.
        using Process process = Process.Start(new ProcessStartInfo(
            "bash", ["-c", "exec -a ovs-vswitchd \"$@\"", "bash", Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (await output, errors);
    }
}
