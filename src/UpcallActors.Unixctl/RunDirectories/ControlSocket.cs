using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>The listening Unix socket, which only its owner may connect to. Disposing removes it.</summary>
internal sealed class ControlSocket : IDisposable
{
    /// <summary>
    /// Clients that may wait to be accepted. Who comes when these places are taken does not wait: connect(2) of a Unix socket that does not
    /// block ends with EAGAIN, as that of <c>ovs-appctl</c> does. So there are more than a script can open before it is our turn
    /// (Open vSwitch has 64).
    /// </summary>
    private const int Backlog = 4096;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan _probeTime = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;

    private ControlSocket(Socket socket, string path)
    {
        _socket = socket;
        Path = path;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>
    /// Opens the control socket of a run directory, which this process holds (<see cref="RunDirectory"/>), and removes
    /// those of processes that are no more. Throws <see cref="RunDirectoryException"/> when it cannot be made.
    /// </summary>
    public static async Task<ControlSocket> OpenAsync(RunDirectory directory, ILogger logger)
    {
        string path = directory.SocketPath;
        foreach (string candidate in directory.FindSockets())
        {
            // The process id in the name tells nothing: it may be from another container, or given out anew.
            if (!await HasListenerAsync(candidate))
            {
                File.Delete(candidate);
                logger.RemovedStale(candidate);
            }
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // The mode is set before the socket has a name, over which another user could lay a link. bind(2) makes the file with the
            // socket's mode and follows no link.
            using (var file = new SafeFileHandle(socket.Handle, ownsHandle: false))
                File.SetUnixFileMode(file, OwnerOnly);
            // The process id, and so the name, is ours now, whatever left something there.
            if (FileStatus.OfName(path) is { Kind: not FileKind.Socket })
                File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(Backlog);
            return new ControlSocket(socket, path);
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new RunDirectoryException($"the control socket {path} cannot be made: {failure.Message}", failure);
        }
    }

    /// <summary>The next client, whom the caller disposes.</summary>
    public ValueTask<Socket> AcceptAsync(CancellationToken cancellation) => _socket.AcceptAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        RunDirectory.Remove(Path);
        _socket.Dispose();
    }

    private static async Task<bool> HasListenerAsync(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var patience = new CancellationTokenSource(_probeTime);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path), patience.Token);
            return true;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode != SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            // A listener that does not accept is still alive.
            return true;
        }
    }
}
