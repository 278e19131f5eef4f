namespace UpcallActors.Unixctl;

/// <summary>Where lines of the log go (<c>enum vlog_destination</c>).</summary>
internal enum LogDestination
{
    /// <summary>The system's log.</summary>
    Syslog,

    /// <summary>Standard error.</summary>
    Console,

    /// <summary>The file of <c>--log-file</c>.</summary>
    File,
}
