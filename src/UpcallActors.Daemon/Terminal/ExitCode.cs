namespace UpcallActors.Daemon.Terminal;

/// <summary>The process's exit codes.</summary>
internal static class ExitCode
{
    /// <summary>All went well; also after SIGTERM and Ctrl-C.</summary>
    public const int Success = 0;

    /// <summary>A recording was not identical, or the daemon failed while it ran.</summary>
    public const int Failure = 1;

    /// <summary>The command line or the configuration is wrong; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>The reader of our output has gone: the code that a shell gives a program that SIGPIPE has ended.</summary>
    public const int OutputClosed = 141;
}
