using System.Globalization;

namespace UpcallActors.Unixctl;

/// <summary>Finds the control socket of a daemon.</summary>
internal static class DaemonTarget
{
    private const string Program = "upcall-actors";

    /// <summary>Where the tools of Open vSwitch look for a daemon, ours among them.</summary>
    private const string RunDirectoryVariable = "OVS_RUNDIR";

    /// <summary>
    /// The socket. Without a target it is that of the daemon whose pidfile is in the directory that <c>OVS_RUNDIR</c> names, in
    /// <see cref="RunDirectory.Default"/>, or in <see cref="RunDirectory.Fallback"/>. A target is a socket, a daemon's process id, or the
    /// run directory of a daemon. Throws <see cref="DaemonClientException"/> when there is none.
    /// </summary>
    public static string Find(string? target)
    {
        string? named = Environment.GetEnvironmentVariable(RunDirectoryVariable);
        string[] directories = [.. string.IsNullOrEmpty(named) ? [] : (string[])[named], RunDirectory.Default, RunDirectory.Fallback];
        if (target is null)
        {
            return directories.Select(TryFindIn).FirstOrDefault(socket => socket is not null)
                ?? throw new DaemonClientException($"no daemon runs: there is "
                    + $"no {Program}.pid in {string.Join(" or ", directories)} (use --target SOCKET, PID or DIRECTORY)");
        }

        if (target.All(char.IsAsciiDigit) && target.Length > 0)
        {
            return directories.Select(directory => SocketIn(directory, target)).FirstOrDefault(File.Exists)
                ?? throw new DaemonClientException(
                    $"no daemon with process id {target} has a socket in {string.Join(" or ", directories)}");
        }

        if (!Directory.Exists(target))
            return target;
        return TryFindIn(target) ?? throw new DaemonClientException($"no daemon runs: there is no {Program}.pid in {target}");
    }

    private static string? TryFindIn(string directory)
    {
        try
        {
            string pid = File.ReadAllText(Path.Combine(directory, $"{Program}.pid")).Trim();
            return int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? SocketIn(directory, number.ToString(CultureInfo.InvariantCulture))
                : null;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string SocketIn(string directory, string pid) => Path.Combine(directory, $"{Program}.{pid}.ctl");
}
