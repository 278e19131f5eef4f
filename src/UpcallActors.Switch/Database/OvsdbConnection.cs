using System.Collections.Immutable;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using Akka.Actor;
using UpcallActors.Linux;

namespace UpcallActors.Switch;

/// <summary>
/// A connection to a database's server: it hands over the objects that come, as many at a time as there are, and sends bytes in their
/// order. Its tasks run on the system's threads; its owner, an actor, is told of everything. Disposing ends it.
/// </summary>
internal sealed class OvsdbConnection : IDisposable
{
    /// <summary>The longest object: the whole contents of a database with some 100,000 ports.</summary>
    private const int LongestObject = 1 << 29;

    private readonly Stream _stream;
    private readonly CancellationTokenSource _stopping = new();
    private readonly JsonObjectStream _objects = new(LongestObject);
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });

    private OvsdbConnection(Stream stream) => _stream = stream;

    /// <summary>Connects. What keeps a server from being reached is thrown.</summary>
    /// <param name="target">The server.</param>
    /// <param name="tls">Who we are; null unless the target needs it.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<OvsdbConnection> OpenAsync(ConnectionTarget target, TlsIdentity? tls, CancellationToken cancellation)
    {
#pragma warning disable CA2000 // It is the connection's, or disposed of when there is none.
        Socket socket = target.Transport == Transport.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
        Stream? stream = null;
        try
        {
            if (target.Transport == Transport.Unix)
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(target.File), cancellation).ConfigureAwait(false);
            else
                await socket.ConnectAsync(target.Host, target.Port, cancellation).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (target.Transport == Transport.Tls)
                stream = await SecureAsync(stream, tls!.ForClient(target.Host), cancellation).ConfigureAwait(false);
            return new OvsdbConnection(stream);
        }
        catch
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Begins. The owner is told <see cref="ObjectsReceived"/>, and <see cref="ConnectionEnded"/> once.</summary>
    public void Start(IActorRef owner)
    {
        _ = RunAsync(owner, ReadAsync);
        _ = RunAsync(owner, WriteAsync);
    }

    /// <summary>Sends bytes behind those that were sent before.</summary>
    public void Send(ReadOnlyMemory<byte> bytes) => _outgoing.Writer.TryWrite(bytes.ToArray());

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _outgoing.Writer.TryComplete();
        _stream.Dispose();
        _stopping.Dispose();
    }

    private static async Task<Stream> SecureAsync(
        Stream carrier, SslClientAuthenticationOptions options, CancellationToken cancellation)
    {
        var secured = new SslStream(carrier);
        try
        {
            await secured.AuthenticateAsClientAsync(options, cancellation).ConfigureAwait(false);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whatever ends the work is told to the owner, which connects again.</summary>
    private async Task RunAsync(IActorRef owner, Func<IActorRef, CancellationToken, Task<string>> work)
    {
        string reason;
#pragma warning disable CA1031 // The owner is told of it.
        try
        {
            reason = await work(owner, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            reason = failure.Message;
        }
#pragma warning restore CA1031
        owner.Tell(new ConnectionEnded(this, reason), ActorRefs.NoSender);
    }

    /// <summary>Reads no further before the owner has taken what is there: memory is bound by what a server sends at once.</summary>
    private async Task<string> ReadAsync(IActorRef owner, CancellationToken stopping)
    {
        while (true)
        {
            int read = await _stream.ReadAsync(_objects.Free, stopping).ConfigureAwait(false);
            if (read == 0)
                return "connection closed by peer";
            _objects.Added(read);
            var taken = ImmutableArray.CreateBuilder<byte[]>();
            JsonStreamState state;
            while ((state = _objects.TryTake(out ReadOnlyMemory<byte> one)) == JsonStreamState.Object)
                taken.Add(one.ToArray());
            if (taken.Count > 0)
            {
                var received = new ObjectsReceived(this, taken.DrainToImmutable());
                owner.Tell(received, ActorRefs.NoSender);
                await received.Taken.Task.WaitAsync(stopping).ConfigureAwait(false);
            }

            if (state == JsonStreamState.Broken)
                return _objects.Problem;
        }
    }

    private async Task<string> WriteAsync(IActorRef owner, CancellationToken stopping)
    {
        await foreach (byte[] bytes in _outgoing.Reader.ReadAllAsync(stopping).ConfigureAwait(false))
            await _stream.WriteAsync(bytes, stopping).ConfigureAwait(false);
        return "the connection was closed";
    }
}

/// <summary>To the owner of a connection: these objects have come. It says when it has taken them.</summary>
internal sealed record ObjectsReceived(OvsdbConnection Connection, ImmutableArray<byte[]> Objects) : INoSerializationVerificationNeeded
{
    public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>To the owner of a connection: it is of no use any more.</summary>
internal sealed record ConnectionEnded(OvsdbConnection Connection, string Reason) : INoSerializationVerificationNeeded;
