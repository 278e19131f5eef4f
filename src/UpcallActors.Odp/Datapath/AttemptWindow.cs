namespace UpcallActors.Odp;

/// <summary>
/// Keeps attempts that events bring about to a few a second. An attempt that fails may itself be such an event: the kernel reports a device
/// that was a port for a moment (<c>ovs_netdev_link</c>), so an immediate retry would repeat for ever. Single owner.
/// </summary>
internal sealed class AttemptWindow
{
    /// <summary>Attempts in a second.</summary>
    public const int Most = 8;

    private const long WindowMilliseconds = 1000;

    private long _start = -WindowMilliseconds;
    private int _attempts;

    /// <summary>Whether there may be an attempt at a time, which is then counted.</summary>
    public bool TryTake(long milliseconds)
    {
        if (milliseconds - _start >= WindowMilliseconds)
        {
            _start = milliseconds;
            _attempts = 0;
        }

        return _attempts++ < Most;
    }
}
