namespace UpcallActors.Pipeline;

/// <summary>What callers wait for. The leader's, and passed on from one of its incarnations to the next.</summary>
internal sealed class RevalidationRequests
{
    private readonly List<(long Round, TaskCompletionSource Done)> _waits = [];
    private readonly List<TaskCompletionSource> _purges = [];
    private readonly List<TaskCompletionSource> _pauses = [];

    /// <summary>Whether all flows are to be deleted.</summary>
    public bool WantsPurge => _purges.Count != 0;

    /// <summary>Whether a caller waits for a round.</summary>
    public bool WantsRound => _waits.Count != 0;

    /// <summary>Waits for the end of a round, given by number.</summary>
    public void AddWait(long round, TaskCompletionSource done) => _waits.Add((round, done));

    /// <summary>Waits until all flows that are there now were deleted.</summary>
    public void AddPurge(TaskCompletionSource done) => _purges.Add(done);

    /// <summary>Waits until no round runs.</summary>
    public void AddPause(TaskCompletionSource done) => _pauses.Add(done);

    /// <summary>Takes the purges that the round to begin serves.</summary>
    public TaskCompletionSource[] TakePurges()
    {
        TaskCompletionSource[] purges = [.. _purges];
        _purges.Clear();
        return purges;
    }

    /// <summary>A round has ended, well or with a failure.</summary>
    public void EndRound(long round, Exception? failure)
    {
        foreach ((long wanted, TaskCompletionSource done) in _waits)
        {
            if (wanted <= round)
                End(done, failure);
        }

        _waits.RemoveAll(wait => wait.Round <= round);
    }

    /// <summary>Tells a caller how it went.</summary>
    public static void End(TaskCompletionSource done, Exception? failure)
    {
        if (failure is null)
            done.TrySetResult();
        else
            done.TrySetException(failure);
    }

    /// <summary>No round runs, and none will.</summary>
    public void EndPauses()
    {
        foreach (TaskCompletionSource done in _pauses)
            done.TrySetResult();
        _pauses.Clear();
    }
}
