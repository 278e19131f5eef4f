using Akka.Actor;

namespace UpcallActors.Pipeline;

/// <summary>
/// Asks every stage of every lane for a sign of life. It goes through their mailboxes as a batch does: a stage that hangs in a translation
/// or in a send does not answer. Thread-safe.
/// </summary>
internal sealed class LivenessProbe : INoSerializationVerificationNeeded
{
    /// <summary>Receiver, router, translator and executor.</summary>
    private const int StagesOfLane = 4;

    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] _silentStages;
    private int _silentLanes;

    public LivenessProbe(int lanes)
    {
        _silentStages = new int[lanes];
        Array.Fill(_silentStages, StagesOfLane);
        _silentLanes = lanes;
    }

    /// <summary>Ends when every stage has answered.</summary>
    public Task Answered => _answered.Task;

    /// <summary>The lanes that have not answered with all their stages.</summary>
    public IReadOnlyList<int> SilentLanes =>
        [.. Enumerable.Range(0, _silentStages.Length).Where(lane => Volatile.Read(ref _silentStages[lane]) > 0)];

    /// <summary>A stage of a lane lives.</summary>
    public void Answer(int lane)
    {
        if (Interlocked.Decrement(ref _silentStages[lane]) == 0 && Interlocked.Decrement(ref _silentLanes) == 0)
            _answered.TrySetResult();
    }
}
