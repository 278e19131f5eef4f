using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Microsoft.Win32.SafeHandles;
using UpcallActors.Linux;

namespace UpcallActors.Switch;

/// <summary>
/// A socket that clients of a bridge connect to. A Unix socket is for the owner and his group, and disposing removes its file. On the
/// loop's thread.
/// </summary>
internal sealed class ConnectionListener : IDisposable
{
    /// <summary>Those who come while all places are taken get EAGAIN at once, as a connect(2) of ovs-ofctl does.</summary>
    private const int Backlog = 1024;

    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private readonly Socket _socket;
    private readonly SocketWatch _watch;

    /// <summary>
    /// Listens. A Unix socket that is there already is one of an earlier run: the run directory is this process's alone.
    /// </summary>
    /// <exception cref="SocketException">It cannot be made.</exception>
    /// <exception cref="IOException">Something that is no socket has the name.</exception>
    public ConnectionListener(ConnectionTarget target, SocketPoller poller, IActorRef owner)
    {
        Target = target;
        _socket = target.Transport == Transport.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Blocking = false;
            if (target.Transport == Transport.Unix)
                BindFile(target.File);
            else
                BindPort(target);
            _socket.Listen(Backlog);
            _watch = poller.Watch((int)_socket.Handle, owner);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Where it listens.</summary>
    public ConnectionTarget Target { get; }

    /// <summary>The TCP port; 0 for a file.</summary>
    public int Port => (_socket.LocalEndPoint as IPEndPoint)?.Port ?? 0;

    /// <summary>Whether news of a socket is of this one.</summary>
    public bool Has(SocketReady ready) => ReferenceEquals(ready.Watch, _watch);

    /// <summary>Whether clients that come are told of.</summary>
    public void Watch(bool isOn) => _watch.Set(isOn, forWriting: false);

    /// <summary>The next client, whose socket does not block and is the caller's; null when none waits.</summary>
    /// <exception cref="SocketException">The system has no descriptor for it.</exception>
    public Socket? Accept()
    {
        try
        {
            Socket client = _socket.Accept();
            client.Blocking = false;
            if (Target.Transport != Transport.Unix)
                client.NoDelay = true;
            return client;
        }
        catch (SocketException none) when (none.SocketErrorCode is SocketError.WouldBlock or SocketError.ConnectionAborted)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch.Dispose();
        if (Target.Transport == Transport.Unix)
            RemoveFile();
        _socket.Dispose();
    }

    private void BindFile(string path)
    {
        // Before the socket has a name: bind(2) makes the file with the socket's mode.
        using (var file = new SafeFileHandle(_socket.Handle, ownsHandle: false))
            File.SetUnixFileMode(file, OwnerAndGroup);
        if (FileStatus.OfName(path) is { } there)
        {
            if (there.Kind != FileKind.Socket)
                throw new IOException($"{path} is there, and is no socket");
            File.Delete(path);
        }

        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    private void BindPort(ConnectionTarget target)
    {
        // A port whose last connections are still waited for is taken again after a restart.
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        IPAddress address = target.Host.Length == 0 ? IPAddress.Any : IPAddress.Parse(target.Host);
        _socket.Bind(new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetworkV6 ? address.MapToIPv6() : address, target.Port));
    }

    private void RemoveFile()
    {
        try
        {
            File.Delete(Target.File);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The next run finds that nobody listens.
        }
    }
}
