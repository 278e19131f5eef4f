using Akka.Actor;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// The revalidation of a datapath's flows, and the requests to it. Thread-safe. Tasks are cancelled when the pipeline ends before they are
/// done, and fail with a <see cref="DatapathException"/> when the datapath cannot be asked for its flows, or refuses to change or delete
/// one.
/// </summary>
internal sealed class Revalidation
{
    private readonly RevalidationState _state;
    private readonly IActorRef _pipeline;
    private readonly Task _ended;
    private readonly Lock _tuning = new();

    internal Revalidation(RevalidationState state, IActorRef pipeline, Task ended)
    {
        _state = state;
        _pipeline = pipeline;
        _ended = ended;
    }

    /// <summary>What the revalidators have done.</summary>
    public RevalidationCounters Counters => _state.Counters;

    /// <summary>The current settings of revalidation; changed with <see cref="Tune"/>.</summary>
    public RevalidatorSettings Settings => _state.Settings;

    /// <summary>
    /// How many flows the datapath may have at this time. Setting it (<c>upcall/set-flow-limit</c>) holds until a round finds another
    /// number better: it grows up to <see cref="RevalidatorSettings.FlowLimit"/> while rounds are quick, and shrinks when they are slow.
    /// </summary>
    public int FlowLimit
    {
        get => _state.Flows.Limit;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _state.Flows.Limit = value;
        }
    }

    /// <summary>
    /// Whether flows match as much as they may. A change deletes all flows; <see cref="PurgeAsync"/> afterwards ends when that is done.
    /// </summary>
    public bool MegaflowsEnabled
    {
        get => _state.Flows.MegaflowsEnabled;
        set
        {
            if (_state.Flows.MegaflowsEnabled == value)
                return;
            _state.Flows.MegaflowsEnabled = value;
            _ = Ask(RevalidationLeader.RequestKind.Purge);
        }
    }

    /// <summary>
    /// Changes <see cref="Settings"/>: times, <see cref="RevalidatorSettings.FlowLimit"/> and <see
    /// cref="RevalidatorSettings.MinRevalidatePps"/>, for the rounds from then on; the rest stays as it was at the start, whatever is
    /// set. Throws <see cref="ArgumentOutOfRangeException"/> for values outside their ranges; nothing was changed then.
    /// </summary>
    /// <param name="change">Makes the new values from those that hold; called once, and no other change comes between.</param>
    public void Tune(Func<RevalidatorSettings, RevalidatorSettings> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_tuning)
        {
            RevalidatorSettings before = _state.Settings;
            RevalidatorSettings after = change(before);
            after.Validate();
            _state.Settings = after with { Revalidators = before.Revalidators, Megaflows = before.Megaflows, Time = before.Time };
            FlowLimit = Math.Min(FlowLimit, after.FlowLimit);
        }

        // The alarm for the next round is set by the old times.
        _ = Ask(RevalidationLeader.RequestKind.Wait);
    }

    /// <summary>What is known now.</summary>
    public RevalidationSnapshot Snapshot() => new()
    {
        Flows = _state.Flows.Count,
        AverageFlows = _state.AverageFlows,
        MaxFlows = _state.MaxFlows,
        FlowLimit = _state.Flows.Limit,
        DumpDuration = TimeSpan.FromMilliseconds(_state.DumpMilliseconds),
        Rounds = _state.Rounds,
        IsPaused = _state.IsPaused,
        MegaflowsEnabled = _state.Flows.MegaflowsEnabled,
        Keys = [.. _state.Partitions.Select(partition => partition.Keys)],
    };

    /// <summary>
    /// Deletes all flows that are in the datapath when it is called, with what they have carried credited; also while paused.
    /// </summary>
    public Task PurgeAsync() => Ask(RevalidationLeader.RequestKind.Purge);

    /// <summary>
    /// Ends when a whole round that began after the call has ended: all flows are then as the tables at the time of the call wanted them.
    /// While paused, not before rounds are resumed.
    /// </summary>
    public Task WaitAsync() => Ask(RevalidationLeader.RequestKind.Wait);

    /// <summary>Ends when no round runs; none begins until <see cref="ResumeAsync"/>.</summary>
    public Task PauseAsync() => Ask(RevalidationLeader.RequestKind.Pause);

    /// <summary>Lets rounds begin again.</summary>
    public Task ResumeAsync() => Ask(RevalidationLeader.RequestKind.Resume);

    private async Task Ask(RevalidationLeader.RequestKind kind)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pipeline.Tell(new RevalidationLeader.Request(kind, done), ActorRefs.NoSender);
        await Task.WhenAny(done.Task, _ended);
        if (!done.Task.IsCompleted)
            throw new OperationCanceledException("the pipeline has ended");
        await done.Task;
    }
}
