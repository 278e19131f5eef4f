using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// Notices upcalls that never come to us: the datapath counts what it could not deliver, our sockets count what they had no room for, and
/// the difference went elsewhere. Another process that sets the port ids causes that, and the kernel would not object.
/// </summary>
internal sealed class UpcallWatchdog(string name, DatapathRequests datapaths, HandlerSocket[] handlers, UpcallRegistration registration,
    ulong lostBefore)
{
    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _takenOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _noticed;
    private ulong _unreachable;
    private long _registrations;
    private UpcallOwner? _takenOverBy;

    /// <summary>Lost, but by none of our sockets, as of the last look. Grows only.</summary>
    public ulong Unreachable => Volatile.Read(ref _unreachable);

    /// <summary>How often port ids were registered anew.</summary>
    public long Registrations => Volatile.Read(ref _registrations);

    /// <summary>
    /// The live process that upcalls go to instead of us, as of the last look. It has taken the datapath over, and is not to be disturbed.
    /// </summary>
    public UpcallOwner? TakenOverBy => Volatile.Read(ref _takenOverBy);

    /// <summary>
    /// Fails with a <see cref="DatapathException"/> when such a process is seen for the first time; does not end otherwise.
    /// </summary>
    public Task TakenOver => _takenOver.Task;

    /// <summary>What is to be said of one that has taken the datapath over.</summary>
    public DatapathException TakenOverException(UpcallOwner owner) =>
        new($"datapath {name} has been taken over by {owner}, which now has its ports and flows");

    /// <summary>Looks at the counters, and at whom upcalls go to.</summary>
    public void Look()
    {
        lock (_lock)
        {
            // In this order: what is dropped between the two must not look as if it had gone elsewhere.
            datapaths.Get(name, out DatapathMessage? datapath);
            ulong drops = 0;
            foreach (HandlerSocket handler in handlers)
                drops += handler.CountDrops();
            if (datapath?.Stats is not { } stats)
                return;
            ulong accountedFor = lostBefore + drops;
            if (stats.Lost > accountedFor && stats.Lost - accountedFor > _unreachable)
                Volatile.Write(ref _unreachable, stats.Lost - accountedFor);
            UpcallOwner? other = registration.FindOtherOwner(datapath);
            Volatile.Write(ref _takenOverBy, other);
            if (other is not null)
                _takenOver.TrySetException(TakenOverException(other));
        }
    }

    /// <summary>Checks, and registers the port ids again if upcalls since the last check went to stale port ids.</summary>
    public void Check()
    {
        lock (_lock)
        {
            Look();
            if (_unreachable == _noticed)
                return;
            _noticed = _unreachable;
            if (_takenOverBy is null && registration.Register().Succeeded)
                Volatile.Write(ref _registrations, _registrations + 1);
        }
    }
}
