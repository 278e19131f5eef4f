using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// Notices upcalls that never come to us: the datapath counts what it could not deliver, our sockets count what they had no room for, and
/// the difference went elsewhere. Another process that sets the port ids causes that, and the kernel would not object; nor does it tell
/// the user of a datapath that it was deleted.
/// </summary>
internal sealed class UpcallWatchdog(
    string name, int ifIndex, DatapathRequests datapaths, HandlerSocket[] handlers, UpcallRegistration registration, ulong lostBefore)
{
    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _noticed;
    private ulong _unreachable;
    private long _registrations;
    private string? _lostBecause;

    /// <summary>Lost, but by none of our sockets, as of the last look. Grows only.</summary>
    public ulong Unreachable => Volatile.Read(ref _unreachable);

    /// <summary>How often port ids were registered anew.</summary>
    public long Registrations => Volatile.Read(ref _registrations);

    /// <summary>
    /// Why the datapath is not ours, as of the last look: a live process that upcalls go to instead of us has taken it over and is not to
    /// be disturbed, or it was deleted. Null while it is ours.
    /// </summary>
    public string? LostBecause => Volatile.Read(ref _lostBecause);

    /// <summary>Fails with a <see cref="DatapathException"/> when that is seen for the first time; does not end otherwise.</summary>
    public Task Lost => _lost.Task;

    /// <summary>Looks at the counters, and at whom upcalls go to.</summary>
    public void Look()
    {
        lock (_lock)
        {
            // In this order: what is dropped between the two must not look as if it had gone elsewhere.
            NetlinkResult result = datapaths.Get(name, out DatapathMessage? datapath);
            ulong drops = 0;
            foreach (HandlerSocket handler in handlers)
                drops += handler.CountDrops();
            if (IsDeleted(result, datapath))
                Lose($"datapath {name} has been deleted");
            if (datapath?.Stats is not { } stats || datapath.IfIndex != ifIndex)
                return;
            ulong accountedFor = lostBefore + drops;
            if (stats.Lost > accountedFor && stats.Lost - accountedFor > _unreachable)
                Volatile.Write(ref _unreachable, stats.Lost - accountedFor);
            if (registration.FindOtherOwner(datapath) is { } other)
                Lose($"datapath {name} has been taken over by {other}, which now has its ports and flows");
            else
                Volatile.Write(ref _lostBecause, null);
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
            if (_lostBecause is null && registration.Register().Succeeded)
                Volatile.Write(ref _registrations, _registrations + 1);
        }
    }

    /// <summary>One of the same name that was made since is another one: requests name a datapath by its number.</summary>
    private bool IsDeleted(NetlinkResult result, DatapathMessage? datapath) =>
        datapath is null ? result.Error == Errno.NoDevice : datapath.IfIndex != ifIndex;

    private void Lose(string reason)
    {
        Volatile.Write(ref _lostBecause, reason);
        _lost.TrySetException(new DatapathException(reason));
    }
}
