namespace UpcallActors.Embedded;

/// <summary>How an <see cref="EmbeddedDatapath"/> is made; the defaults are those of a datapath that Open vSwitch would open.</summary>
public sealed record EmbeddedDatapathOptions
{
    /// <summary>The datapath's name.</summary>
    public string Name { get; init; } = "ovs-system";

    /// <summary>What kind of datapath it says it is.</summary>
    internal string Type { get; init; } = EmbeddedDatapath.TypeName;

    /// <summary><c>dp_ifindex</c> in every message.</summary>
    public int IfIndex { get; init; } = 1;

    /// <summary>Handlers that upcalls are spread over, at least 1.</summary>
    public int HandlerCount { get; init; } = 1;

    /// <summary>
    /// Bytes of upcalls that may wait for a handler: what <c>SO_RCVBUFFORCE</c>
    /// 4 MiB, Open vSwitch's choice, is to a socket. At least 128 KiB.
    /// </summary>
    public int UpcallQueueBytes { get; init; } = 4 << 20;

    /// <summary>Flows that the table takes; a put beyond is answered ENOSPC. The kernel knows no limit but memory.</summary>
    public int FlowLimit { get; init; } = 1 << 20;

    /// <summary>The time the datapath lives by.</summary>
    public DatapathClock Clock { get; init; } = DatapathClock.Monotonic();

    /// <summary>Seed of what the kernel takes from its random numbers: sampling and IPv6 fragment identifications.</summary>
    public int RandomSeed { get; init; } = Random.Shared.Next();

    internal void Validate()
    {
        const int SmallestQueue = 128 << 10;
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(IfIndex);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HandlerCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(UpcallQueueBytes, SmallestQueue);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(FlowLimit);
        ArgumentNullException.ThrowIfNull(Clock);
    }
}
