using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Vswitchd;

/// <summary>The command line of <c>ovs-vswitchd</c>, checked.</summary>
internal sealed record VswitchdOptions
{
    /// <summary>The database that says which bridges there are; null where files alone do.</summary>
    public OvsdbOptions? Database { get; init; }

    /// <summary>
    /// Whether the datapath's ports are connected to nothing, for tests: null for no, otherwise what follows <c>--enable-dummy=</c>, which
    /// may be empty.
    /// </summary>
    public string? Dummy { get; init; }

    /// <summary>Whether the kernel's datapath is not used.</summary>
    public bool DisablesSystem { get; init; }

    /// <summary>Files of our own configuration, the last one on top.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether it goes on in the background.</summary>
    public bool Detach { get; init; }

    /// <summary>Whether a second process starts it again after a crash.</summary>
    public bool Monitor { get; init; }

    /// <summary>Whether it stays in the directory it was started in.</summary>
    public bool NoChdir { get; init; }

    /// <summary>The full name of the pidfile; null for none.</summary>
    public string? PidFile { get; init; }

    /// <summary>Whether the pidfile takes the place of one that another process holds.</summary>
    public bool OverwritePidFile { get; init; }

    /// <summary>Whether its memory is never paged out.</summary>
    public bool LockMemory { get; init; }

    /// <summary>The control socket: a full name, <c>none</c>, or null for the usual one.</summary>
    public string? Unixctl { get; init; }

    /// <summary>What is logged, and how: the arguments of <c>-v</c>, null for one without.</summary>
    public IReadOnlyList<string?> Verbosity { get; init; } = [];

    /// <summary>The full name of the log file; null for none.</summary>
    public string? LogFile { get; init; }

    /// <summary>How lines get to syslog; null for what the environment says.</summary>
    public string? SyslogMethod { get; init; }

    /// <summary>Another syslog daemon that lines are sent to; null for none.</summary>
    public string? SyslogTarget { get; init; }
}
