namespace UpcallActors.Linux;

/// <summary>
/// Memory for a batch of received messages, one slot each. A slot takes the longest upcall seen (65,840 bytes) with room behind it, and the
/// stride is not a power of two, so that the first lines of the slots do not share a cache set. Single owner; not thread-safe.
/// </summary>
public sealed class MessageSlots : IDisposable
{
    /// <summary>Bytes from one slot to the next: 80 KiB and one cache line.</summary>
    public const int Stride = (80 * 1024) + 64;

    private readonly NativeRegion _region;
    private readonly int[] _lengths;
    private readonly bool[] _truncated;

    /// <summary>Reserves address space for <paramref name="count"/> slots; pages are committed when first touched.</summary>
    public MessageSlots(int count)
    {
        _region = new NativeRegion(checked(count * Stride));
        _lengths = new int[count];
        _truncated = new bool[count];
    }

    /// <summary>How many slots there are.</summary>
    public int Count => _lengths.Length;

    /// <summary>The region the slots lie in, for a <see cref="SendVector"/>.</summary>
    internal NativeRegion Region => _region;

    /// <summary>Where a slot starts in <see cref="Region"/>.</summary>
    public static int OffsetOf(int slot) => slot * Stride;

    /// <summary>The whole slot, to receive into or to lengthen a message in place.</summary>
    public Span<byte> Slot(int slot) => _region.Slice(OffsetOf(slot), Stride);

    /// <summary>The message received into a slot; empty before <see cref="SetReceived"/>.</summary>
    public Span<byte> Message(int slot) => _region.Slice(OffsetOf(slot), _lengths[slot]);

    /// <summary>Whether the message was longer than the slot (<c>MSG_TRUNC</c>).</summary>
    public bool IsTruncated(int slot) => _truncated[slot];

    /// <summary>Records what a receive put into a slot.</summary>
    public void SetReceived(int slot, int length, bool truncated)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Stride, nameof(length));
        _lengths[slot] = length;
        _truncated[slot] = truncated;
    }

    /// <inheritdoc/>
    public void Dispose() => _region.Dispose();
}
