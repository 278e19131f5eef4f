using System.Net.Sockets;
using UpcallActors.Linux;

namespace UpcallActors.Ovsdb.Tests;

/// <summary>A session on a socket of a real server, read when a test waits for something.</summary>
internal sealed class ConnectedSession : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly JsonObjectStream _objects = new(1 << 24);
    private readonly Queue<SessionEvent> _events = [];

    public ConnectedSession(DatabaseServer server, string? heldLock = SwitchSchema.Lock)
    {
        Session = new OvsdbSession(new OvsdbSessionOptions(SwitchSchema.Database, heldLock, SwitchSchema.Watched));
        _socket.Connect(new UnixDomainSocketEndPoint(server.Socket));
        Session.Begin();
        Flush();
    }

    public OvsdbSession Session { get; }

    /// <summary>Connects until the contents come.</summary>
    public static async Task<ConnectedSession> ReconnectAsync(DatabaseServer server)
    {
        ConnectedSession? connected = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                connected?.Dispose();
                connected = new ConnectedSession(server);
                return await connected.NextAsync<ContentsArrived>(isEndExpected: true) is not null;
            },
            () => "the server refuses each session");
        return connected!;
    }

    /// <summary>Waits for an event of a kind; those before it are passed over.</summary>
    public async Task<T> NextAsync<T>()
        where T : SessionEvent => (await NextAsync<T>(isEndExpected: false))!;

    /// <summary>Likewise; null if the session ends first and that was to be expected.</summary>
    private async Task<T?> NextAsync<T>(bool isEndExpected)
        where T : SessionEvent
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            while (_events.TryDequeue(out SessionEvent? next))
            {
                if (next is T wanted)
                    return wanted;
                if (next is SessionEnded && isEndExpected)
                    return null;
                next.ShouldNotBeOfType<SessionEnded>();
            }

            Flush();
            int count = await _socket.ReceiveAsync(_objects.Free, limit.Token);
            count.ShouldBeGreaterThan(0, "the server has ended the connection");
            Take(count);
        }
    }

    /// <summary>Sends what the session has to say.</summary>
    public void Flush()
    {
        if (!Session.Outgoing.IsEmpty)
            _socket.Send(Session.Outgoing.Span);
        Session.Sent();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Take(int count)
    {
        _objects.Added(count);
        var events = new List<SessionEvent>();
        JsonStreamState state;
        while ((state = _objects.TryTake(out ReadOnlyMemory<byte> message)) == JsonStreamState.Object)
            Session.Receive(message, events);
        state.ShouldBe(JsonStreamState.NeedsMore, _objects.Problem);
        foreach (SessionEvent one in events)
            _events.Enqueue(one);
    }
}
