using System.Globalization;

namespace UpcallActors.Unixctl;

/// <summary>A program with a control socket: clients find its files by its name.</summary>
/// <param name="Name">Its name, such as <c>ovs-vswitchd</c>.</param>
/// <param name="DefaultDirectory">The run directory of a process with the right to write there, such as <c>/run/openvswitch</c>.</param>
internal sealed record UnixctlProgram(string Name, string DefaultDirectory)
{
    /// <summary>The run directory of who may not write to <see cref="DefaultDirectory"/>.</summary>
    public string FallbackDirectory => Path.Combine(Path.GetTempPath(), $"{Name}-{Environment.UserName}");

    /// <summary>What the names of all its control sockets match.</summary>
    internal string SocketPattern => $"{Name}.*.ctl";

    /// <summary>The pidfile in a run directory.</summary>
    public string PidFileIn(string directory) => Path.Combine(directory, $"{Name}.pid");

    /// <summary>The control socket of a process in a run directory.</summary>
    public string SocketIn(string directory, int processId) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Name}.{processId}.ctl"));
}
