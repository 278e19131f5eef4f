using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <summary>
/// Owns the session with a database's server: keeps it connected, has the switch be what the database wants, and writes what has become
/// of it. Whatever comes meanwhile, one configuration is applied and one transaction is out at a time; of those that wait only the newest
/// counts. What it knows of the switch outlives a restart; the connection does not.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "An actor is never disposed: PostStop is where it lets go of what it holds.")]
internal sealed partial class OvsdbActor(DatabaseOptions options, DatabaseProgress progress) : UntypedActor
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<SessionEvent> _events = [];
    private OvsdbConnection? _connection;
    private OvsdbSession? _session;
    private ITimer? _connectTimer;
    private ProbeTimer? _probe;
    private long _connected;
    private string _said = "";

    /// <inheritdoc/>
    protected override void PreStart()
    {
        IActorRef self = Self;
        _connectTimer = TimerOf(self, ConnectDue.Instance);
        BeginStatistics();
        if (progress.Running is not null)
            FollowStates(progress.Running);
        Connect();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _connectTimer?.Dispose();
        EndStatistics();
        Disconnect();
    }

    /// <summary>What fails once fails again when it is read again: not at once.</summary>
    protected override void PostRestart(Exception reason)
    {
        options.Logger.DatabaseFailed(reason);
        _isRestarted = true;
        base.PostRestart(reason);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectDue:
                Connect();
                break;
            case Attempt attempt:
                Take(attempt);
                break;
            case ObjectsReceived received:
                Receive(received);
                break;
            case ConnectionEnded ended when ended.Connection == _connection:
                Reconnect(ended.Reason, isAtOnce: false);
                break;
            case ConnectionEnded:
                break;
            case ProbeTimer.Due:
                Probe();
                break;
            case SwitchAttached attached:
                progress.Running = attached.Running;
                FollowStates(attached.Running);
                ApplyIfDue();
                break;
            case PipelineAttached attached:
                progress.Pipeline = attached.Pipeline;
                progress.UntunedSettings = attached.Pipeline.Revalidation?.Settings;
                Tune();
                break;
            case ConfigurationApplied applied:
                NoteApplied(applied);
                break;
            case StateSeen seen:
                progress.State = seen.State;
                seen.Taken.TrySetResult();
                WriteIfDue();
                break;
            case StatisticsDue or StatisticsCounted or WriteDue:
                HandleWriting(message);
                break;
            case Stop:
                progress.End();
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                return;
        }

        Flush();
    }

    private ITimer TimerOf(IActorRef self, object due) => options.Time.CreateTimer(
        _ => self.Tell(due, ActorRefs.NoSender), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void Connect()
    {
        if (_isRestarted)
        {
            _isRestarted = false;
            _connectTimer!.Change(progress.Backoff.Next(TimeSpan.Zero), Timeout.InfiniteTimeSpan);
        }
        else if (_connection is null)
        {
            _ = AttemptAsync(Self, _stopping.Token);
        }
    }

    /// <summary>Not on the actor's turn: names are looked up, and servers take their time.</summary>
    private async Task AttemptAsync(IActorRef self, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(_longestAttempt);
#pragma warning disable CA2000 // It is the actor's that is told of it, or disposed of.
#pragma warning disable CA1031 // Whatever keeps a server from being reached is told to the actor, which tries again.
        try
        {
            OvsdbConnection connection = await OvsdbConnection.OpenAsync(options.Remote, options.Tls, patience.Token).ConfigureAwait(false);
            if (stopping.IsCancellationRequested)
                connection.Dispose();
            self.Tell(new Attempt(connection, ""), ActorRefs.NoSender);
        }
        catch (Exception failure)
        {
            string reason = failure is OperationCanceledException ? "connection timed out" : failure.Message;
            self.Tell(new Attempt(null, reason), ActorRefs.NoSender);
        }
#pragma warning restore CA1031
#pragma warning restore CA2000
    }

    private void Take(Attempt attempt)
    {
        if (attempt.Connection is not { } connection)
        {
            // Once for the same reason, until there was a connection.
            if (_said != attempt.Reason)
                options.Logger.CannotReachDatabase(options.Remote, attempt.Reason);
            _said = attempt.Reason;
            _connectTimer!.Change(progress.Backoff.Next(TimeSpan.Zero), Timeout.InfiniteTimeSpan);
            return;
        }

        _said = "";
        options.Logger.DatabaseConnected(options.Remote);
        _connected = options.Time.GetTimestamp();
        _connection = connection;
        _session = new OvsdbSession(DatabaseOptions.Session);
        // As Open vSwitch's clients: a server at a file of this machine is not asked.
        _probe = new ProbeTimer(options.Remote.Transport == Transport.Unix ? null : _probeInterval, options.Time);
        _probe.Start(Self);
        connection.Start(Self);
        _session.Begin();
    }

    private void Receive(ObjectsReceived received)
    {
        received.Taken.TrySetResult();
        if (received.Connection != _connection)
            return;
        _probe!.Heard();
        foreach (byte[] one in received.Objects)
        {
            _session?.Receive(one, _events);
            foreach (SessionEvent happened in _events.ToArray())
                Note(happened);
            _events.Clear();
            Flush();
        }
    }

    private void Note(SessionEvent happened)
    {
        switch (happened)
        {
            case ContentsArrived:
                ApplyIfDue();
                break;
            case ContentsChanged changed:
                if (changed.Changes.Any(DatabaseColumns.IsConfiguration))
                    ApplyIfDue();
                break;
            case LockChanged { IsHeld: true }:
                progress.HadLock = true;
                ApplyIfDue();
                break;
            case LockChanged:
                NoteNoLock();
                break;
            case TransactionEnded ended:
                NoteWritten(ended);
                break;
            case SessionEnded ended:
                Reconnect(ended.Reason, ended.IsAtOnce);
                break;
        }
    }

    /// <summary>
    /// Another process has the lock. It has the datapath, too, or will soon: a switch of ours must be no more
    /// (<c>bridge_run</c> drops its bridges).
    /// </summary>
    private void NoteNoLock()
    {
        options.Logger.AnotherHasTheLock(Environment.ProcessId);
        if (progress.HadLock)
            progress.End(new DatabaseLockLostException());
    }

    private void Probe()
    {
        if (_session is null)
            return;
        if (_probe!.Expect())
            _session.Probe();
        else
            Reconnect("no response to inactivity probe", isAtOnce: false);
    }

    private void Reconnect(string reason, bool isAtOnce)
    {
        options.Logger.DatabaseGone(options.Remote, reason);
        TimeSpan lasted = options.Time.GetElapsedTime(_connected);
        Disconnect();
        _connectTimer!.Change(isAtOnce ? TimeSpan.Zero : progress.Backoff.Next(lasted), Timeout.InfiniteTimeSpan);
    }

    private void Disconnect()
    {
        _probe?.Dispose();
        _probe = null;
        _connection?.Dispose();
        _connection = null;
        _session = null;
        ForgetTransaction();
    }

    private void Flush()
    {
        if (_session is not { Outgoing.IsEmpty: false } session)
            return;
        _connection!.Send(session.Outgoing);
        session.Sent();
    }
}
