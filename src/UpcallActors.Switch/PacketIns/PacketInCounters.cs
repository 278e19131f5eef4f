namespace UpcallActors.Switch;

/// <summary>What sends a packet to controllers, as rates are limited (<c>packet-in-TYPE-backlog</c> and others of Open vSwitch).</summary>
internal enum PacketInType : byte
{
    /// <summary>An action.</summary>
    Action,

    /// <summary>No flow has matched it, whatever says that such packets go to controllers.</summary>
    Miss,
}

/// <summary>Why a client did not get a packet.</summary>
internal enum PacketInLoss : byte
{
    /// <summary>Nobody wanted it.</summary>
    NoClient,

    /// <summary>It is paused, and does not fit a message with all that it goes on by.</summary>
    TooLong,

    /// <summary>Packets came faster than the client's rate, and this one was in the longest queue when there was no room.</summary>
    RateLimit,

    /// <summary>The client did not read those before.</summary>
    QueueOverflow,

    /// <summary>The connection has ended.</summary>
    Disconnected,

    /// <summary>What came up from the datapath could not be read; counted as an action's.</summary>
    Malformed,

    /// <summary>The flow that sent it up went meanwhile, and with it the state of the pipeline that the packet had.</summary>
    UnknownState,
}

/// <summary>
/// What has become of the packets for a switch's clients, each counted for each client, over all connections. Numbers only grow. One
/// thread counts; any may read.
/// </summary>
internal sealed class PacketInCounters
{
    private static readonly int _types = Enum.GetValues<PacketInType>().Length;

    private readonly long[] _told = new long[_types];
    private readonly long[] _sent = new long[_types];
    private readonly long[] _limited = new long[_types];
    private readonly long[][] _lost = [.. Enum.GetValues<PacketInLoss>().Select(_ => new long[_types])];

    /// <summary>Packets given to the client's socket.</summary>
    public long Sent(PacketInType type) => Volatile.Read(ref _sent[(int)type]);

    /// <summary>Packets that had to wait because of the client's rate.</summary>
    public long Limited(PacketInType type) => Volatile.Read(ref _limited[(int)type]);

    /// <summary>Packets that were dropped.</summary>
    public long Dropped(PacketInType type, PacketInLoss cause) => Volatile.Read(ref _lost[(int)cause][(int)type]);

    /// <summary>Packets that wait, for the client's rate or for it to read.</summary>
    public long Waiting(PacketInType type)
    {
        // Packets are told before they are done: read last, they are never fewer.
        long done = Sent(type) + Enum.GetValues<PacketInLoss>().Sum(cause => Dropped(type, cause));
        return Volatile.Read(ref _told[(int)type]) - done;
    }

    /// <summary>A packet for a client, of which <see cref="CountSent"/> or <see cref="CountDropped"/> will say what became.</summary>
    public void CountTold(PacketInType type) => Add(_told, type, 1);

    /// <summary>Counts a packet that the client has got.</summary>
    public void CountSent(PacketInType type) => Add(_sent, type, 1);

    /// <summary>Counts a packet that has to wait because of the client's rate.</summary>
    public void CountLimited(PacketInType type) => Add(_limited, type, 1);

    /// <summary>Counts packets that the client does not get.</summary>
    public void CountDropped(PacketInType type, PacketInLoss cause, long packets = 1) => Add(_lost[(int)cause], type, packets);

    /// <summary>Counts a packet that was for no client yet.</summary>
    public void CountUnsent(PacketInType type, PacketInLoss cause)
    {
        CountTold(type);
        CountDropped(type, cause);
    }

    private static void Add(long[] counter, PacketInType type, long packets) =>
        Volatile.Write(ref counter[(int)type], counter[(int)type] + packets);
}
