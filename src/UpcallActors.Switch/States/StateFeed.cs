using System.Runtime.CompilerServices;

namespace UpcallActors.Switch;

/// <summary>
/// The states of a switch, one after the other, for any number of readers. To publish one never waits for a reader, and a reader costs
/// no memory here: it keeps its own place, and goes from there to the latest. One thread publishes; any thread reads.
/// </summary>
internal sealed class StateFeed
{
    private Entry _latest = new(SwitchState.Empty, 0);

    /// <summary>The latest state.</summary>
    public SwitchState State => Volatile.Read(ref _latest).State;

    /// <summary>A state that differs from the one before.</summary>
    public void Publish(SwitchState state)
    {
        Entry before = _latest;
        Volatile.Write(ref _latest, new Entry(state, before.Number + 1));
        before.HasNext.TrySetResult(true);
    }

    /// <summary>There will be no other state. Readers end when they have the latest.</summary>
    public void End() => Volatile.Read(ref _latest).HasNext.TrySetResult(false);

    /// <summary>The latest state, then each that is published, until the end.</summary>
    public async IAsyncEnumerable<StateUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Entry read = Volatile.Read(ref _latest);
        yield return new StateUpdate(read.State, 0);
        while (await read.HasNext.Task.WaitAsync(cancellation).ConfigureAwait(false))
        {
            Entry latest = Volatile.Read(ref _latest);
            yield return new StateUpdate(latest.State, latest.Number - read.Number - 1);
            read = latest;
        }
    }

    /// <summary>A state with its number. What waits for the next one runs on threads of its own.</summary>
    private sealed record Entry(SwitchState State, long Number)
    {
        public TaskCompletionSource<bool> HasNext { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
