using System.ComponentModel;
using System.Diagnostics;
using Akka.Actor;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>
/// Up to 64 upcalls on their way through a lane: the message between its actors. Mutable and pooled, although messages are usually
/// immutable, because an allocation per upcall would cost more than its translation. It is safe because it has one owner at a time
/// (<see cref="Owner"/>), <c>Tell</c> hands it over, and it never leaves the process.
/// </summary>
internal sealed class UpcallBatch : INoSerializationVerificationNeeded, IDisposable
{
    /// <summary>The most upcalls in a batch.</summary>
    public const int MaxUpcalls = 64;

    /// <summary>The longest action list: an attribute's length is 16 bits, its header and padding included.</summary>
    public const int MaxActions = ushort.MaxValue - NetlinkAttribute.HeaderLength - 3;

    /// <summary>
    /// Bytes that are free in front of an upcall's actions, for what an EXECUTE has there: UPCALL_PID (8) and the header of ACTIONS (4).
    /// </summary>
    public const int RoomBeforeActions = 12;

    /// <summary>
    /// Arena an upcall can need: UPCALL_PID, ACTIONS, and a flow put with key, mask and the same actions. Pages are committed on touch.
    /// </summary>
    private const int ArenaPerUpcall = (2 * ushort.MaxValue) + (16 * 1024);

    private readonly UpcallRecord[] _records;
    private readonly FlowKey[] _keys;
    private readonly FlowKey[] _masks;
    private MessageSlots? _slots;
    private NativeRegion? _arena;
    private Activity?[]? _spans;
    private StageTimes _times;
    private long _state;

    /// <summary>Makes a batch of <paramref name="capacity"/> upcalls for a pool.</summary>
    public UpcallBatch(int index, int capacity)
    {
        Index = index;
        _records = new UpcallRecord[capacity];
        _keys = new FlowKey[capacity];
        _masks = new FlowKey[capacity];
    }

    /// <summary>The batch's place in its pool.</summary>
    public int Index { get; }

    /// <summary>Address space that a batch of so many upcalls takes, bytes.</summary>
    public static long AddressSpaceOf(int capacity) => (long)capacity * (MessageSlots.Stride + ArenaPerUpcall);

    /// <summary>Whether it has its memory: since it left its pool for the first time.</summary>
    public bool IsReserved => _arena is not null;

    /// <summary>The upcall messages, one a slot.</summary>
    public MessageSlots Slots => _slots!;

    /// <summary>Where actions and flow puts are written, front to back.</summary>
    public NativeRegion Arena => _arena!;

    /// <summary>Bytes of <see cref="Arena"/> in use.</summary>
    public int ArenaUsed { get; set; }

    /// <summary>How many upcalls it can take.</summary>
    public int Capacity => _records.Length;

    /// <summary>How many upcalls it shall take this time; at most <see cref="Capacity"/>. The receiver's.</summary>
    public int Limit { get; set; }

    /// <summary>How many upcalls it holds.</summary>
    public int Count { get; set; }

    /// <summary>The next upcall that its stage looks at; what came before is done, whatever happens to the actor.</summary>
    public int Next { get; set; }

    /// <summary><see cref="Stopwatch.GetTimestamp"/> when its first upcall was received.</summary>
    public long ReceivedAt { get; set; }

    /// <summary>When the stages had done their part; for the spans of its upcalls.</summary>
    public ref StageTimes Times => ref _times;

    /// <summary>
    /// The span over all stages; null for a batch that is not traced. Mailboxes do not carry <see cref="Activity.Current"/>.
    /// </summary>
    public Activity? Trace { get; set; }

    /// <summary>Whether its upcalls' spans were begun.</summary>
    public bool SpansBegun { get; set; }

    /// <summary>Who holds the batch.</summary>
    public BatchOwner Owner => (BatchOwner)(byte)Volatile.Read(ref _state);

    /// <summary>Grows each time the batch leaves its pool: a holder of an older generation no longer owns it.</summary>
    public long Generation => Volatile.Read(ref _state) >> 8;

    /// <summary>An upcall's record.</summary>
    public ref UpcallRecord Record(int upcall) => ref _records[upcall];

    /// <summary>An upcall's key; valid once the router has parsed it.</summary>
    public ref FlowKey Key(int upcall) => ref _keys[upcall];

    /// <summary>An upcall's megaflow mask; valid once it is translated.</summary>
    public ref FlowKey Mask(int upcall) => ref _masks[upcall];

    /// <summary>An upcall's own span; null for one that has none.</summary>
    public ref Activity? Span(int upcall) => ref (_spans ??= new Activity?[Capacity])[upcall];

    /// <summary>The actions of a translated upcall.</summary>
    public ReadOnlySpan<byte> Actions(in UpcallRecord record) => Arena.Slice(record.Actions.Offset, record.Actions.Length);

    /// <summary>Where the actions of the next upcall are written.</summary>
    public Span<byte> ActionsRoom => Arena.Slice(ArenaUsed + RoomBeforeActions, MaxActions);

    /// <summary>Keeps actions that were written there. Returns where they lie; absent when there are none.</summary>
    public Extent KeepActions(int length)
    {
        if (length == 0)
            return default;
        int start = ArenaUsed + RoomBeforeActions;
        ArenaUsed = NetlinkAlignment.Align(start + length);
        return new Extent(start, length);
    }

    /// <summary>
    /// The earlier upcall whose translation this one has, or <see cref="UpcallRecord.None"/> for one that was translated by itself: the
    /// first of its key, or the one that stands in for it.
    /// </summary>
    public short SharedFrom(int upcall)
    {
        short original = _records[upcall].DuplicateOf;
        if (original == UpcallRecord.None)
            return UpcallRecord.None;
        short standIn = _records[original].StandIn;
        if (standIn == UpcallRecord.None)
            return original;
        // Not the one that stood in before and failed as well.
        return standIn < upcall ? standIn : UpcallRecord.None;
    }

    /// <summary>Hands the batch from one owner to the next; false when <paramref name="from"/> does not hold it (a stale use).</summary>
    public bool TryHandOver(BatchOwner from, BatchOwner to)
    {
        long state = Volatile.Read(ref _state);
        return (BatchOwner)(byte)state == from && Interlocked.CompareExchange(ref _state, (state & ~0xffL) | (byte)to, state) == state;
    }

    /// <summary>
    /// Reserves its address space, if it has none: most batches of a lane are for times of overload and are never used.
    /// Throws <see cref="Win32Exception"/> when the system
    /// refuses, and has none then.
    /// </summary>
    public void Reserve()
    {
        if (IsReserved)
            return;
        var slots = new MessageSlots(Capacity);
        try
        {
            _arena = new NativeRegion(checked(Capacity * ArenaPerUpcall));
            _slots = slots;
        }
        catch
        {
            slots.Dispose();
            throw;
        }
    }

    /// <summary>Takes the batch out of its pool, empty and with a new generation.</summary>
    public void Rent()
    {
        Debug.Assert(Owner == BatchOwner.Pool, "a batch is rented from its pool");
        Volatile.Write(ref _state, ((Generation + 1) << 8) | (byte)BatchOwner.Receiver);
        Count = 0;
        Next = 0;
        ArenaUsed = 0;
        _times = default;
        Trace = null;
        if (SpansBegun)
            Array.Clear(_spans ?? []);
        SpansBegun = false;
    }

    /// <summary>Takes the batch from its owner, if the generation is still the same; false for a stale return.</summary>
    public bool TryReclaim(long generation)
    {
        long state = Volatile.Read(ref _state);
        return state >> 8 == generation
            && (BatchOwner)(byte)state != BatchOwner.Pool
            && Interlocked.CompareExchange(ref _state, generation << 8, state) == state;
    }

    /// <summary>Debug builds check at each access by a stage that it is the owner.</summary>
    [Conditional("DEBUG")]
    public void AssertOwner(BatchOwner owner) => Debug.Assert(Owner == owner, $"batch {Index} is held by {Owner}, used by {owner}");

    /// <inheritdoc/>
    public void Dispose()
    {
        _slots?.Dispose();
        _arena?.Dispose();
    }
}
