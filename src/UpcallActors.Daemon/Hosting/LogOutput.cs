using Microsoft.Win32.SafeHandles;
using UpcallActors.Linux;

namespace UpcallActors.Daemon.Hosting;

/// <summary>Where log lines go: standard error, whatever that is.</summary>
internal static class LogOutput
{
    private const int StandardError = 2;

    /// <summary>
    /// Whether the reader of the lines adds the time: the journal and a container's engine, which read a socket or a pipe, do. A terminal
    /// and a file do not.
    /// </summary>
    public static bool KeepsTime
    {
        get
        {
            try
            {
                using var output = new SafeFileHandle(StandardError, ownsHandle: false);
                return FileStatus.OfOpen(output).Kind is FileKind.Socket or FileKind.Pipe;
            }
            catch (IOException)
            {
                // There is none.
                return false;
            }
        }
    }
}
