using System.Globalization;

namespace UpcallActors.Unixctl;

/// <summary>Finds the control socket of a daemon.</summary>
internal static class DaemonTarget
{
    /// <summary>Where the tools of Open vSwitch look for a daemon, ours among them.</summary>
    private const string RunDirectoryVariable = "OVS_RUNDIR";

    /// <summary>
    /// The socket. Without a target it is that of the daemon whose pidfile is in the directory that <c>OVS_RUNDIR</c> names, in
    /// that of the program, or in its fallback. A target is a socket, a daemon's process id, or the run directory of a daemon. Throws
    /// <see cref="DaemonClientException"/> when there is none.
    /// </summary>
    public static string Find(UnixctlProgram program, string? target)
    {
        string? named = Environment.GetEnvironmentVariable(RunDirectoryVariable);
        string[] directories =
            [.. string.IsNullOrEmpty(named) ? [] : (string[])[named], program.DefaultDirectory, program.FallbackDirectory];
        if (target is null)
        {
            return directories.Select(directory => TryFindIn(program, directory)).FirstOrDefault(socket => socket is not null)
                ?? throw new DaemonClientException($"no daemon runs: there is "
                    + $"no {program.Name}.pid in {string.Join(" or ", directories)} (use --target SOCKET, PID or DIRECTORY)");
        }

        if (target.All(char.IsAsciiDigit) && target.Length > 0)
        {
            return (int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
                    ? directories.Select(directory => program.SocketIn(directory, processId)).FirstOrDefault(File.Exists)
                    : null)
                ?? throw new DaemonClientException(
                    $"no daemon with process id {target} has a socket in {string.Join(" or ", directories)}");
        }

        if (!Directory.Exists(target))
            return target;
        return TryFindIn(program, target) ?? throw new DaemonClientException($"no daemon runs: there is no {program.Name}.pid in {target}");
    }

    private static string? TryFindIn(UnixctlProgram program, string directory)
    {
        try
        {
            string pid = File.ReadAllText(program.PidFileIn(directory)).Trim();
            return int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? program.SocketIn(directory, number)
                : null;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
