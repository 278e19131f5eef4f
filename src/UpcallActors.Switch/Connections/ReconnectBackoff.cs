namespace UpcallActors.Switch;

/// <summary>
/// How long a switch waits before it connects again: not at all at first, then 1 second, and twice as long after each failure. A
/// connection that lasted longer than the last wait begins anew (<c>reconnect_disconnected</c>).
/// </summary>
internal sealed class ReconnectBackoff(TimeSpan most)
{
    private static readonly TimeSpan _least = TimeSpan.FromSeconds(1);

    /// <summary>The last wait; zero before the first.</summary>
    public TimeSpan Wait { get; private set; }

    /// <summary>How long to wait after a failure, or after a connection that has ended.</summary>
    /// <param name="lasted">How long the peer was heard; zero if there was no connection.</param>
    public TimeSpan Next(TimeSpan lasted)
    {
        bool beginsAnew = lasted > TimeSpan.Zero && lasted >= Wait;
        Wait = beginsAnew || Wait < _least ? _least : Wait * 2;
        return Wait = Wait < most ? Wait : Max(most, _least);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
