using System.Buffers.Binary;

namespace UpcallActors.Linux;

/// <summary>The places of counters in <c>struct rtnl_link_stats64</c>.</summary>
internal enum LinkCounter
{
    Multicast = 8,
    Collisions = 9,
    RxOverErrors = 11,
    RxCrcErrors = 12,
    RxFrameErrors = 13,
    RxMissedErrors = 15,
}

/// <summary>A device's counters as they are in a message; one that an older kernel does not have is 0.</summary>
internal readonly ref struct LinkCounters(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ulong this[LinkCounter counter]
    {
        get
        {
            int at = (int)counter * sizeof(ulong);
            return _bytes.Length < at + sizeof(ulong) ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(_bytes[at..]);
        }
    }
}

/// <summary>Is told a device's counters.</summary>
internal delegate void LinkCountersHandler(int index, LinkCounters counters);
