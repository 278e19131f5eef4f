using System.Net.Sockets;
using Akka.Actor;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <content>Where clients come to, and the controllers that the bridge goes to.</content>
internal sealed partial class BridgeActor
{
    /// <summary>Clients at a time. One more takes the place of the one that was silent for longest.</summary>
    private const int MostClients = 256;

    /// <summary>Clients that may be beginning TLS at a time: strangers, until then.</summary>
    private const int MostHandshakes = 32;

    /// <summary>A client over TCP is asked after this silence whether it is there; one on this machine is not.</summary>
    private static readonly TimeSpan _serviceProbe = TimeSpan.FromSeconds(60);

    /// <summary>How long to leave a system alone that has no descriptor for another client.</summary>
    private static readonly TimeSpan _acceptPause = TimeSpan.FromSeconds(1);

    /// <summary>How long a client may take to begin TLS.</summary>
    private static readonly TimeSpan _handshakeLimit = TimeSpan.FromSeconds(10);

    private readonly ClientPlaces _places = new(MostClients);
    private readonly List<(ConnectionListener Listener, ConnectionKind Kind)> _listeners = [];
    private readonly Dictionary<ControllerConfiguration, Action> _controllers = [];
    private (OpenFlowVersions Versions, ulong DatapathId) _identity = (bridge.Versions, bridge.DatapathId);
    private ITimer? _acceptTimer;
    private int _handshakes;
    private int _accepted;

    private void ListenInRunDirectory()
    {
        if (options.RunDirectory is not { } directory)
            return;
        foreach ((string purpose, ConnectionKind kind) in new[] { ("mgmt", ConnectionKind.Service), ("snoop", ConnectionKind.Snoop) })
        {
            string path = Path.Combine(directory, $"{bridge.Name}.{purpose}");
            Listen(new ConnectionTarget($"punix:{path}", Transport.Unix, IsActive: false, "", 0, path), kind);
        }
    }

    private void StopListening()
    {
        _acceptTimer?.Dispose();
        _listeners.ForEach(one => one.Listener.Dispose());
        _listeners.Clear();
    }

    /// <summary>
    /// Leaves all clients when the bridge allows other versions or is another switch to them: they agreed on what was before.
    /// </summary>
    private void LeaveIfChanged()
    {
        if (_identity == (bridge.Versions, bridge.DatapathId))
            return;
        _identity = (bridge.Versions, bridge.DatapathId);
        foreach (OpenFlowClient client in bridge.Clients)
            Context.Stop(client.Connection);
        foreach (Action end in _controllers.Values)
            end();
        _controllers.Clear();
    }

    /// <summary>Begins with controllers that are new or other than before, and leaves those that are wanted no more.</summary>
    private void FollowControllers()
    {
        HashSet<ControllerConfiguration> wanted = [.. bridge.View.Configuration.Controllers.Select(one => one.AsConnected)];
        foreach ((ControllerConfiguration gone, Action end) in _controllers.Where(one => !wanted.Contains(one.Key)).ToArray())
        {
            _controllers.Remove(gone);
            end();
        }

        foreach (ControllerConfiguration controller in wanted.Where(one => !_controllers.ContainsKey(one)))
        {
            // What cannot be read was told with the configuration.
            if (ConnectionTarget.TryParse(controller.Target, out ConnectionTarget? target) && Begin(controller, target) is { } end)
                _controllers.Add(controller, end);
        }
    }

    /// <summary>Returns how to end it; null if it could not begin.</summary>
    private Action? Begin(ControllerConfiguration controller, ConnectionTarget target)
    {
        if (FindObstacle(target) is { } obstacle)
        {
            options.Logger.NotUsed(bridge.Name, target.Text, obstacle);
            return null;
        }

        if (!target.IsActive)
        {
            return Listen(target, ConnectionKind.Service) is not { } listener ? null : () =>
            {
                _listeners.RemoveAll(one => ReferenceEquals(one.Listener, listener));
                listener.Dispose();
            };
        }

        IActorRef self = Self;
        Props props = ActorFactory.Props(
            () => new ControllerActor(self, bridge, target, controller, options));
        IActorRef actor = Context.ActorOf(props.WithDispatcher(options.Loop.Id));
        return () =>
        {
            Context.Stop(actor);
            // It tells of its end no more.
            bridge.FailOpen.Note(new ControllerState(target.Text, IsConnected: false));
        };
    }

    /// <summary>
    /// A file outside the run directory could be anybody's (<c>bridge_configure_remotes</c> refuses it, too).
    /// </summary>
    private string? FindObstacle(ConnectionTarget target) =>
        target.Transport == Transport.Tls && options.Tls is null ? "no certificate is configured"
        : target.Transport == Transport.Unix && Path.GetDirectoryName(Path.GetFullPath(target.File)) != options.RunDirectory
            ? "the file is not in the run directory"
        : target is { Transport: Transport.Unix, IsActive: false } && !IsOwnFile(target.File)
            ? $"the file must be called {bridge.Name}.NAME, and not as the bridge's own sockets"
        : null;

    private bool IsOwnFile(string file) =>
        Path.GetFileName(file) is var name && name.StartsWith($"{bridge.Name}.", StringComparison.Ordinal)
        && _listeners.TrueForAll(one => Path.GetFileName(one.Listener.Target.File) != name);

    private ConnectionListener? Listen(ConnectionTarget target, ConnectionKind kind)
    {
        try
        {
            var listener = new ConnectionListener(target, options.Poller, Self);
            _listeners.Add((listener, kind));
            return listener;
        }
        catch (Exception refused) when (refused is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            options.Logger.CannotListen(bridge.Name, target.Text, refused.Message);
            return null;
        }
    }

    private void Accept(SocketReady ready)
    {
        if (_listeners.Find(one => one.Listener.Has(ready)) is not ({ } listener, var kind))
            return;
        while (Take(listener) is { } socket)
        {
            string peer = $"{bridge.Name}<->{(listener.Target.Transport == Transport.Unix ? "unix" : "tcp")}#{_accepted++}";
            TimeSpan? probe = listener.Target.Transport == Transport.Unix ? null : _serviceProbe;
            var settings = new ConnectionSettings(kind, peer, bridge.Versions, probe) { Target = listener.Target.Text };
            if (listener.Target.Transport != Transport.Tls)
                Serve(socket, settings);
            else if (Volatile.Read(ref _handshakes) >= MostHandshakes)
                socket.Dispose();
            else
                BeginTls(socket, settings, Self);
        }
    }

    private void BeginTls(Socket socket, ConnectionSettings settings, IActorRef self)
    {
        Interlocked.Increment(ref _handshakes);
        _ = Task.Run(() => TakeInAsync(socket, settings, self));
    }

    /// <summary>Not on the loop: a client takes its time.</summary>
    private async Task TakeInAsync(Socket socket, ConnectionSettings settings, IActorRef self)
    {
        using var patience = new CancellationTokenSource(_handshakeLimit);
        try
        {
            Socket own = await TlsRelay.ToClientAsync(socket, options.Tls!, patience.Token).ConfigureAwait(false);
            own.Blocking = false;
            self.Tell(new TakenIn(own, settings), ActorRefs.NoSender);
        }
#pragma warning disable CA1031 // Whatever a stranger sends ends his connection, and nothing else.
        catch (Exception failure)
        {
            options.Logger.ConnectionDropped(settings.Peer, failure.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _handshakes);
        }
#pragma warning restore CA1031
    }

    private void Serve(Socket socket, ConnectionSettings settings)
    {
        if (_places.MakeRoom() is { } silent)
        {
            options.Logger.TooManyClients(settings.Peer);
            Context.Stop(silent);
        }

        IActorRef self = Self;
        Props props = ActorFactory.Props(
            () => new ConnectionActor(self, socket, settings, options.Poller, options.Time, options.Logger));
        IActorRef connection = Context.ActorOf(props.WithDispatcher(options.Loop.Id));
        Context.Watch(connection);
        _places.Enter(connection);
    }

    /// <summary>All listeners are watched again.</summary>
    private void AcceptAgain()
    {
        _acceptTimer?.Dispose();
        _acceptTimer = null;
        _listeners.ForEach(one => one.Listener.Watch(isOn: true));
    }

    /// <summary>A client that the system has no descriptor for is looked for again after a pause.</summary>
    private Socket? Take(ConnectionListener listener)
    {
        try
        {
            return listener.Accept();
        }
        catch (SocketException exhausted)
        {
            options.Logger.CannotListen(bridge.Name, "a client", exhausted.Message);
            // Else the loop would be told of it again and again.
            listener.Watch(isOn: false);
            IActorRef self = Self;
            _acceptTimer ??= options.Time.CreateTimer(
                _ => self.Tell(AcceptDue.Instance, ActorRefs.NoSender), null, _acceptPause, Timeout.InfiniteTimeSpan);
            return null;
        }
    }

    /// <summary>There may be descriptors again.</summary>
    private sealed class AcceptDue : INoSerializationVerificationNeeded
    {
        public static readonly AcceptDue Instance = new();
    }

    /// <summary>A client has begun TLS.</summary>
    private sealed record TakenIn(Socket Socket, ConnectionSettings Settings) : INoSerializationVerificationNeeded;
}
