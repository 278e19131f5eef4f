using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace UpcallActors.Linux;

/// <summary>A view of one attribute (<c>nlattr</c>): type and payload. Borrows the buffer.</summary>
internal readonly ref struct NetlinkAttribute
{
    /// <summary>Bytes of a <c>nlattr</c> header.</summary>
    public const int HeaderLength = 4;

    /// <summary><c>NLA_F_NESTED</c>.</summary>
    public const ushort NestedFlag = 0x8000;

    /// <summary><c>NLA_TYPE_MASK</c>: the type without <c>NLA_F_NESTED</c> and <c>NLA_F_NET_BYTEORDER</c>.</summary>
    public const ushort TypeMask = 0x3fff;

    internal NetlinkAttribute(ushort rawType, ReadOnlySpan<byte> payload, int offset)
    {
        RawType = rawType;
        Payload = payload;
        Offset = offset;
    }

    /// <summary>The type as on the wire, flags included: what an echo must carry.</summary>
    public ushort RawType { get; }

    /// <summary>The type without flag bits.</summary>
    public ushort Type => (ushort)(RawType & TypeMask);

    /// <summary>The payload, padding excluded.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Where the attribute's header starts in the list it was read from.</summary>
    public int Offset { get; }

    /// <summary>Where the payload starts in the list it was read from.</summary>
    public int PayloadOffset => Offset + HeaderLength;

    /// <summary>The payload as u8, or 0 if it is empty.</summary>
    public byte U8
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Payload.IsEmpty ? (byte)0 : Payload[0];
    }

    /// <summary>The payload as host-order u16, or 0 if it is too short.</summary>
    public ushort U16
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.TryReadUInt16LittleEndian(Payload, out ushort value) ? value : (ushort)0;
    }

    /// <summary>The payload as host-order u32, or 0 if it is too short.</summary>
    public uint U32
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.TryReadUInt32LittleEndian(Payload, out uint value) ? value : 0;
    }

    /// <summary>The payload as host-order u64, or 0 if it is too short.</summary>
    public ulong U64
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.TryReadUInt64LittleEndian(Payload, out ulong value) ? value : 0;
    }

    /// <summary>The payload as network-order u16, or 0 if it is too short.</summary>
    public ushort U16BigEndian
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.TryReadUInt16BigEndian(Payload, out ushort value) ? value : (ushort)0;
    }

    /// <summary>The payload as network-order u32, or 0 if it is too short.</summary>
    public uint U32BigEndian
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.TryReadUInt32BigEndian(Payload, out uint value) ? value : 0;
    }

    /// <summary>The payload as network-order u64, or 0 if it is too short.</summary>
    public ulong U64BigEndian
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.TryReadUInt64BigEndian(Payload, out ulong value) ? value : 0;
    }
}
