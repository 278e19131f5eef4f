using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>
/// The process's standard output as a stream that reports when its reader has gone. .NET's own stream ignores that, while other programs
/// end by SIGPIPE.
/// </summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    /// <summary>
    /// Opens it; disposing the stream leaves it open. A write throws <see cref="IOException"/> when the reader has gone.
    /// </summary>
    public static Stream Open()
    {
#pragma warning disable CA2000 // The stream's from then on; and it owns no descriptor.
        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
#pragma warning restore CA2000
        // The buffer that a FileStream has for a pipe is overtaken by what is written asynchronously.
        if (!stream.CanSeek)
            return new BufferedStream(stream);

        // A file has no reader that could go, but others may write to it beside us, which our own place in it would overwrite.
        stream.Dispose();
        return Console.OpenStandardOutput();
    }
}
