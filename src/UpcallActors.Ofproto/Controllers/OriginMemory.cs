using System.Buffers.Binary;
using System.Security.Cryptography;
using UpcallActors.Odp;

namespace UpcallActors.Ofproto;

/// <summary>
/// Remembers for some seconds what the datapath said of packets that went to controllers. A packet-out has no field for it: when the same
/// packet comes back in one, it leaves as it came, in the fragments that it was put together from. Bounded; the oldest goes first. One
/// thread.
/// </summary>
/// <remarks>
/// A packet is known by a digest of its bytes from layer 3 on, under a secret of this process: a controller that forwards it may write
/// other addresses of layer 2.
/// </remarks>
internal sealed class OriginMemory
{
    /// <summary>Packets that are remembered.</summary>
    public const int Capacity = 4096;

    /// <summary>How long a packet is remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    private readonly Dictionary<UInt128, Entry> _entries = [];
    private readonly Queue<(UInt128 Digest, long At)> _ages = new();

    /// <summary>A memory without anything.</summary>
    public OriginMemory(TimeProvider time) => _time = time;

    /// <summary>How many packets it knows.</summary>
    public int Count => _entries.Count;

    /// <summary>Remembers a packet, from its network header on.</summary>
    public void Remember(ReadOnlySpan<byte> packet, PacketOrigin origin)
    {
        long now = _time.GetTimestamp();
        Forget(now);
        UInt128 digest = DigestOf(packet);
        _entries[digest] = new Entry(origin, now);
        _ages.Enqueue((digest, now));
    }

    /// <summary>What was said of a packet; nothing if it is not known.</summary>
    public PacketOrigin Recall(ReadOnlySpan<byte> packet) =>
        _entries.Count != 0 && _entries.TryGetValue(DigestOf(packet), out Entry entry) && _time.GetElapsedTime(entry.At) <= Lifetime
            ? entry.Origin
            : default;

    /// <summary>Makes room for one, and lets those go that are too old.</summary>
    private void Forget(long now)
    {
        while (_ages.TryPeek(out (UInt128 Digest, long At) oldest)
            && (_ages.Count >= Capacity || _time.GetElapsedTime(oldest.At, now) > Lifetime))
        {
            _ages.Dequeue();
            // One that came again has a younger age in the queue.
            if (_entries.TryGetValue(oldest.Digest, out Entry entry) && entry.At == oldest.At)
                _entries.Remove(oldest.Digest);
        }
    }

    private UInt128 DigestOf(ReadOnlySpan<byte> packet)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, packet, digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    private readonly record struct Entry(PacketOrigin Origin, long At);
}
