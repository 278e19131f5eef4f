namespace UpcallActors.Pipeline;

/// <summary>
/// What a receiver does about upcalls that come faster than they are executed, told by what it has seen. A queue that has overflowed is no
/// reason to give anything up: what is in it came, and each waits no longer than the queue is. It is one only if the queue continues to
/// overflow while it is read, and upcalls of other ports were seen in it. These ports lose upcalls before the queue, so it helps them to
/// read faster than upcalls can be executed. A value; what is seen makes the next one.
/// </summary>
internal readonly record struct CongestionPolicy
{
    /// <summary>
    /// Looks in a row that find the queue overflowed again before that counts as an overload. The first may come from a pause (a stopped
    /// process, a busy host). The second may come before the first upcalls are read. A third means that more upcalls come than are read.
    /// </summary>
    public const int OverflowsOfAnOverload = 3;

    /// <summary>How long ports that waited one behind the other keep each other company.</summary>
    public static readonly TimeSpan CompanyLasts = TimeSpan.FromSeconds(2);

    private readonly short? _port;
    private readonly TimeSpan? _companyAt;
    private readonly int _overflows;

    private CongestionPolicy(short? port, TimeSpan? companyAt, int overflows, bool hasOverflowed, bool isOverloaded)
    {
        _port = port;
        _companyAt = companyAt;
        _overflows = overflows;
        HasOverflowed = hasOverflowed;
        IsOverloaded = isOverloaded;
    }

    /// <summary>Whether the queue has overflowed since it was last read until empty: what is seen now has waited in it.</summary>
    public bool HasOverflowed { get; }

    /// <summary>
    /// Whether the queue must be emptied ahead of what can be executed. It stays so until it was, or until no other port is active.
    /// </summary>
    public bool IsOverloaded { get; }

    /// <summary>Whether more than one port is there: upcalls of several are on their way, or waited together lately.</summary>
    public bool HasCompany(int activePorts, TimeSpan now) => activePorts > 1 || (_companyAt is { } at && now - at < CompanyLasts);

    /// <summary>Whether an upcall was the last that was seen, by its port, so that there is nothing new in it.</summary>
    public bool IsLast(short port) => _port == port;

    /// <summary>
    /// An upcall of a port was received. One behind another port's has waited for that only if <paramref name="isShort"/>: the
    /// queue had overflowed, or no credit is left. For what came before that nothing is shed.
    /// </summary>
    public CongestionPolicy Seen(short port, TimeSpan now, bool isShort)
    {
        bool hasWaited = isShort && _port is not null && _port != port;
        return new CongestionPolicy(port, hasWaited ? now : _companyAt, _overflows, HasOverflowed, IsOverloaded);
    }

    /// <summary>The queue was looked at before it is read: whether it has overflowed since the look before.</summary>
    public CongestionPolicy Looked(bool hasOverflowed, bool hasCompany)
    {
        int overflows = hasOverflowed ? Math.Min(_overflows + 1, OverflowsOfAnOverload) : 0;
        bool isOverloaded = hasCompany && (IsOverloaded || overflows == OverflowsOfAnOverload);
        return new CongestionPolicy(_port, _companyAt, overflows, HasOverflowed || hasOverflowed, isOverloaded);
    }

    /// <summary>The queue was read until it was empty.</summary>
    public CongestionPolicy Emptied() => new(_port, _companyAt, 0, hasOverflowed: false, isOverloaded: false);
}
