using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Frames from ports, gathered to be taken by <see cref="EmbeddedDatapath.Receive(FrameBatch)"/> together. Memory is taken once. Single
/// owner; not thread-safe.
/// </summary>
public sealed class FrameBatch
{
    private readonly byte[] _bytes;
    private readonly Entry[] _entries;
    private int _used;

    /// <summary>Makes room for a number of frames and of bytes of all frames together.</summary>
    public FrameBatch(int frames = 128, int bytes = 256 << 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        _entries = new Entry[frames];
        _bytes = new byte[bytes];
    }

    /// <summary>Frames in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Room for one more frame of at most <paramref name="length"/> bytes;
    /// empty when the batch is full. Followed by <c>Commit</c>, or given up.
    /// </summary>
    public Span<byte> Reserve(int length) => Count < _entries.Length && length <= _bytes.Length - _used ? _bytes.AsSpan(_used, length) : [];

    /// <summary>Adds the frame of <paramref name="length"/> bytes that was written into what was reserved.</summary>
    public void Commit(uint port, int length)
    {
        ref Entry entry = ref Append(length);
        entry.Key = new FlowKey { DatapathPort = port };
    }

    /// <summary>The same for a frame that came out of a tunnel.</summary>
    /// <param name="key">Input port and tunnel; everything else is 0.</param>
    /// <param name="length">Bytes of the frame.</param>
    public void Commit(in FlowKey key, int length)
    {
        ref Entry entry = ref Append(length);
        entry.Key = key;
    }

    /// <summary>Forgets the frames.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    internal ReadOnlySpan<byte> Frame(int index) => _bytes.AsSpan(_entries[index].Offset, _entries[index].Length);

    internal ref readonly FlowKey Key(int index) => ref _entries[index].Key;

    private ref Entry Append(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(_bytes.Length - _used), nameof(length));
        ref Entry entry = ref _entries[Count++];
        entry.Offset = _used;
        entry.Length = length;
        _used += length;
        return ref entry;
    }

    private struct Entry
    {
        public FlowKey Key;
        public int Offset;
        public int Length;
    }
}
