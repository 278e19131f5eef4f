using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Akka.Actor;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// Keeps a bridge connected to a controller: connects, and when that fails or the connection ends, waits and connects again. On the
/// server's loop; the system's own threads do the connecting.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "An actor is never disposed: PostStop is where it lets go of what it holds.")]
internal sealed class ControllerActor(
    IActorRef bridge, ServedBridge served, ConnectionTarget target, ControllerConfiguration configuration, ServingOptions options)
    : UntypedActor
{
    /// <summary>How long a peer may take to accept, at least.</summary>
    private static readonly TimeSpan _shortestAttempt = TimeSpan.FromSeconds(1);

    private readonly ReconnectBackoff _backoff = new(configuration.MaxBackoff);
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _timer;
    private long _connected;
    private bool _isConnected;
    private string _said = "";

    /// <inheritdoc/>
    protected override void PreStart()
    {
        IActorRef self = Self;
        _timer = options.Time.CreateTimer(
            _ => self.Tell(ConnectDue.Instance, ActorRefs.NoSender), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Connect();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        options.Controllers.Forget(served.Name, target.Text);
        _timer?.Dispose();
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectDue:
                Connect();
                break;
            case Attempt { Socket: { } socket }:
                Begin(socket);
                break;
            case Attempt failed:
                Say(failed.Reason);
                Note("BACKOFF", isConnected: false, failed.Reason);
                Wait(TimeSpan.Zero);
                break;
            case Terminated:
                TimeSpan lasted = options.Time.GetElapsedTime(_connected);
                _isConnected = false;
                Note("BACKOFF", isConnected: false, "End of file");
                bridge.Tell(new ControllerState(target.Text, IsConnected: false));
                Wait(lasted);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>A connection that has failed ends, and is made anew as after any other end.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        Supervision.Always(Directive.Stop, failure => options.Logger.ConnectionFailed(served.Name, failure));

    private void Connect()
    {
        if (_isConnected)
            return;
        Note("CONNECTING", isConnected: false);
        IActorRef self = Self;
        TimeSpan limit = _backoff.Wait > _shortestAttempt ? _backoff.Wait : _shortestAttempt;
        _ = AttemptAsync(self, limit, _stopping.Token);
    }

    /// <summary>Not on the loop: names are looked up, and peers take their time.</summary>
    private async Task AttemptAsync(IActorRef self, TimeSpan limit, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(limit);
        Socket? socket = null;
#pragma warning disable CA2000 // It is the actor's that is told of it, or disposed of when that fails.
        try
        {
            socket = MakeSocket();
#pragma warning restore CA2000
            if (target.Transport == Transport.Unix)
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(target.File), patience.Token).ConfigureAwait(false);
            else
                await socket.ConnectAsync(target.Host, target.Port, patience.Token).ConfigureAwait(false);
            Socket carried = target.Transport == Transport.Tls
                ? await TlsRelay.ToServerAsync(socket, target.Host, options.Tls!, patience.Token).ConfigureAwait(false)
                : socket;
            carried.Blocking = false;
            if (stopping.IsCancellationRequested)
                carried.Dispose();
            self.Tell(new Attempt(carried, ""), ActorRefs.NoSender);
        }
#pragma warning disable CA1031 // Whatever keeps a peer from being reached is told to the actor, which tries again.
        catch (Exception failure)
        {
            socket?.Dispose();
            string reason = failure is OperationCanceledException ? "connection timed out" : failure.Message;
            self.Tell(new Attempt(null, reason), ActorRefs.NoSender);
        }
#pragma warning restore CA1031
    }

    private Socket MakeSocket() => target.Transport == Transport.Unix
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private void Begin(Socket socket)
    {
        _said = "";
        _isConnected = true;
        _connected = options.Time.GetTimestamp();
        Note("ACTIVE", isConnected: true);
        var settings = new ConnectionSettings(
            ConnectionKind.Primary, $"{served.Name}<->{target}", served.Versions,
            configuration.InactivityProbe > TimeSpan.Zero ? configuration.InactivityProbe : null)
        {
            Target = target.Text,
        };
        IActorRef parent = bridge;
        Props props = ActorFactory.Props(
            () => new ConnectionActor(parent, socket, settings, options.Poller, options.Time, options.Logger, served.Snoops));
        Context.Watch(Context.ActorOf(props.WithDispatcher(options.Loop.Id)));
        bridge.Tell(new ControllerState(target.Text, IsConnected: true));
    }

    private void Note(string state, bool isConnected, string? error = null) =>
        options.Controllers.Note(served.Name, target.Text, state, isConnected, options.Time.GetTimestamp(), error);

    private void Wait(TimeSpan lasted) => _timer!.Change(_backoff.Next(lasted), Timeout.InfiniteTimeSpan);

    /// <summary>Once for the same reason, until there was a connection.</summary>
    private void Say(string reason)
    {
        if (reason != _said)
            options.Logger.CannotConnect($"{served.Name}<->{target}", reason);
        _said = reason;
    }

    /// <summary>It is time to connect.</summary>
    private sealed class ConnectDue : INoSerializationVerificationNeeded
    {
        public static readonly ConnectDue Instance = new();
    }

    /// <summary>What came of an attempt to connect.</summary>
    private sealed record Attempt(Socket? Socket, string Reason) : INoSerializationVerificationNeeded;
}

/// <summary>To a bridge: a controller was reached, or is so no more.</summary>
internal sealed record ControllerState(string Target, bool IsConnected) : INoSerializationVerificationNeeded;
