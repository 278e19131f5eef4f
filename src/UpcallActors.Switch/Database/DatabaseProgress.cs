using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>How far a switch has come with a database. It outlives connections, and restarts of their actor.</summary>
internal sealed class DatabaseProgress(DatabaseOptions options)
{
    private readonly TaskCompletionSource _first = New();
    private readonly TaskCompletionSource _applied = New();
    private readonly TaskCompletionSource _restored = New();
    private readonly TaskCompletionSource _configured = New();
    private readonly TaskCompletionSource _completion = New();

    /// <summary>How long to wait before the server is tried again.</summary>
    public ReconnectBackoff Backoff { get; } = new(TimeSpan.FromSeconds(8));

    /// <summary>Reads the copy.</summary>
    public DatabaseReader Reader { get; } = new(options);

    /// <summary>Writes what has become of it.</summary>
    public DatabaseWriter Writer { get; } = new(options);

    /// <summary>The switch; null before there is one.</summary>
    public RunningSwitch? Running { get; set; }

    /// <summary>What was applied last; null before the first time.</summary>
    public DatabaseContents? Applied { get; set; }

    /// <summary>The latest state of the switch.</summary>
    public SwitchState State { get; set; } = SwitchState.Empty;

    /// <summary>What was said of problems, so that each is said once.</summary>
    public HashSet<string> Told { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the lock was ours.</summary>
    public bool HadLock { get; set; }

    /// <summary>Ends when we have the lock and the contents: from then on there may be a switch.</summary>
    public Task First => _first.Task;

    /// <summary>Ends when a switch is what the contents want.</summary>
    public Task FirstApplied => _applied.Task;

    /// <summary>Ends when no flows are to be restored any more; what is said of that later counts no more (<c>bridge_run</c>).</summary>
    public Task Restored => _restored.Task;

    /// <summary>The pipeline, whose revalidators have settings by the database; null before there is one.</summary>
    public UpcallPipeline? Pipeline { get; set; }

    /// <summary>Their settings without the database's.</summary>
    public RevalidatorSettings? UntunedSettings { get; set; }

    /// <summary>Ends when the server has taken what we wrote of the first configuration, or has refused it.</summary>
    public Task Configured => _configured.Task;

    /// <summary>
    /// Ends with the end; with a <see cref="DatabaseLockLostException"/> when another process has the lock that was ours.
    /// </summary>
    public Task Completion => _completion.Task;

    public void NoteFirst() => _first.TrySetResult();

    public void NoteApplied() => _applied.TrySetResult();

    public void NoteRestored() => _restored.TrySetResult();

    public void NoteConfigured() => _configured.TrySetResult();

    public void End(Exception? failure = null)
    {
        if (failure is null)
            _completion.TrySetResult();
        else
            _completion.TrySetException(failure);
        foreach (TaskCompletionSource one in (TaskCompletionSource[])[_first, _applied, _restored, _configured])
            one.TrySetCanceled();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
