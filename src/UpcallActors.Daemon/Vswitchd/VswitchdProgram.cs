using System.ComponentModel;
using UpcallActors.Daemon.Terminal;
using UpcallActors.Linux;

namespace UpcallActors.Daemon.Vswitchd;

/// <summary>
/// The daemon in Open vSwitch's place: called by the name <c>ovs-vswitchd</c>, it has the command line, the files and the manners of that
/// program. With <c>--detach</c> this process starts another, which is the daemon, and ends when that is ready.
/// </summary>
internal static class VswitchdProgram
{
    /// <summary>Whether a process that was called by that name is this program.</summary>
    public static bool IsCalledBy(string name) => Path.GetFileName(name) == VswitchdText.Program;

    /// <summary>Runs it; returns the exit code.</summary>
    /// <param name="called">What it was called by.</param>
    /// <param name="arguments">The rest of the command line.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="errors">Standard error.</param>
    public static async Task<int> RunAsync(string called, string[] arguments, TextWriter output, TextWriter errors)
    {
        VswitchdInvocation invocation = VswitchdCommandLine.Read(called, arguments);
        if (invocation.Options is not { } options)
        {
            await output.WriteAsync(invocation.Output);
            if (invocation.Problem is not { } problem)
                return ExitCode.Success;
            await errors.WriteLineAsync(problem);
            return ExitCode.Failure;
        }

        using var role = StartupRole.Take();
        try
        {
            if (options.Detach && role is null)
                return Detach(options, errors);
            if (options.Monitor && role is null or { IsMonitor: true })
                return await new VswitchdMonitor(options, errors).RunAsync(role);
        }
        catch (Win32Exception failure)
        {
            await errors.WriteLineAsync($"{VswitchdText.Program}: could not start another process ({failure.Message})");
            return ExitCode.Failure;
        }

        return await new VswitchdRun(options, errors).RunAsync(role);
    }

    /// <summary>What <c>fork_and_wait_for_startup</c> does in the parent.</summary>
    private static int Detach(VswitchdOptions options, TextWriter errors)
    {
        (_, ProcessEnd? early) = StartupRole.Start(options.Monitor, isSession: true);
        if (early is not { } end)
            return ExitCode.Success;
        if (end.ExitCode is > 0 and int code)
            return code;
        errors.WriteLine($"{VswitchdText.Program}: fork child died before signaling startup ({end})");
        errors.WriteLine($"{VswitchdText.Program}: could not detach from foreground session");
        return ExitCode.Failure;
    }
}
