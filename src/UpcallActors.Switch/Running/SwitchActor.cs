using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Runs the reconciler: when the datapath's ports change, when it is time to try waiting ports again, and when a caller asks. Its calls
/// block, so it has a thread of its own. What the reconciler knows outlives a restart.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "An actor is never disposed: PostStop is where it lets go of what it holds.")]
internal sealed class SwitchActor(SwitchReconciler reconciler, IDatapathPorts ports, TimeProvider time, ILogger logger) : UntypedActor
{
    /// <summary>In which something is tried a few times at most (<see cref="AttemptWindow"/>).</summary>
    private static readonly TimeSpan _window = TimeSpan.FromSeconds(1);

    private readonly RetryBackoff _backoff = new();
    private ImmutableArray<WaitingInterface> _waitedFor = [];
    private ITimer? _timer;
    private TimeSpan? _wait;
    private EventHandler? _onChanged;
    private int _isChangeUnderWay;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        IActorRef self = Self;
        _timer = time.CreateTimer(_ => self.Tell(RetryDue.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _onChanged = (_, _) => OnPortsChanged(self);
        // Before the ports are looked at, so that no change falls between.
        ports.Changed += _onChanged;
        OnPortsChanged(self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        ports.Changed -= _onChanged;
        _timer?.Dispose();
    }

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        // Its caller waits.
        if (message is SwitchRequest request)
            request.Fail(reason);
        base.PreRestart(reason, message);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PortsChanged:
                // Before the ports are looked at: a change from here on sends another.
                Interlocked.Exchange(ref _isChangeUnderWay, 0);
                reconciler.Follow();
                break;
            case RetryDue:
                reconciler.Follow();
                break;
            case SwitchRequest request:
                Handle(request);
                break;
            default:
                Unhandled(message);
                return;
        }

        ScheduleRetry(isDue: message is RetryDue);
    }

    /// <summary>
    /// What the datapath or the flows are the reason of is the caller's. Should the datapath be gone, to look at it fails next.
    /// </summary>
    private void Handle(SwitchRequest request)
    {
        try
        {
            HandleTwice(request);
        }
        catch (Exception refused) when (refused is DatapathException or FlowRefusedException)
        {
            request.Fail(refused);
            OnPortsChanged(Self);
        }
    }

    /// <summary>
    /// A request that fails is handled once more at once, before later requests: otherwise the older one would hold in the end.
    /// </summary>
    private void HandleTwice(SwitchRequest request)
    {
        try
        {
            request.Handle(reconciler);
        }
        catch (Exception failure) when (failure is not (DatapathException or FlowRefusedException))
        {
            logger.SwitchFailed(failure);
            request.Handle(reconciler);
        }
    }

    /// <summary>On the thread that raises the event. One message is under way at a time, however much changes.</summary>
    private void OnPortsChanged(IActorRef self)
    {
        if (Interlocked.Exchange(ref _isChangeUnderWay, 1) == 0)
            self.Tell(PortsChanged.Instance);
    }

    /// <summary>
    /// While the same ports wait, twice as late each time that nothing but time has brought the look about; changes of ports move nothing.
    /// A port that changes have kept from being tried is tried as soon as it may be. The timer does not run for a port that only another
    /// configuration can help.
    /// </summary>
    private void ScheduleRetry(bool isDue)
    {
        ImmutableArray<WaitingInterface> waiting = reconciler.States.State.Waiting;
        bool isNews = !waiting.SequenceEqual(_waitedFor);
        if (isNews)
            _backoff.Reset();
        _waitedFor = waiting;
        if (!reconciler.IsAnyTriedAgain)
            SetTimer(null);
        else if (!reconciler.IsAnyHeldBack && (isNews || isDue || _wait is null))
            SetTimer(_backoff.Next());
        else if (reconciler.IsAnyHeldBack && (isDue || _wait is null || _wait > _window))
            SetTimer(_window);
    }

    private void SetTimer(TimeSpan? wait)
    {
        _wait = wait;
        _timer!.Change(wait ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The datapath's ports or their devices are others.</summary>
    private sealed class PortsChanged : INoSerializationVerificationNeeded
    {
        public static readonly PortsChanged Instance = new();
    }

    /// <summary>It is time to try again what waits.</summary>
    private sealed class RetryDue : INoSerializationVerificationNeeded
    {
        public static readonly RetryDue Instance = new();
    }
}
