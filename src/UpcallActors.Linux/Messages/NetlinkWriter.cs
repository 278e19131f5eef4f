using System.Buffers.Binary;
using System.Text;

namespace UpcallActors.Linux;

/// <summary>
/// Writes messages and attributes into memory that the caller owns. What does not fit sets <see cref="Overflowed"/>
/// and writes nothing more; check it once at the end. Never allocates.
/// </summary>
public ref struct NetlinkWriter
{
    private readonly Span<byte> _buffer;

    /// <summary>Starts at the beginning of <paramref name="buffer"/>.</summary>
    public NetlinkWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written so far, padding included.</summary>
    public int Length { get; private set; }

    /// <summary>Whether something did not fit; the content is then incomplete and must not be sent.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>What was written so far.</summary>
    public readonly Span<byte> Written => _buffer[..Length];

    /// <summary>Starts a message with a <c>nlmsghdr</c>; close it with <see cref="EndMessage"/>.</summary>
    public int BeginMessage(ushort type, NetlinkFlags flags, uint sequence, uint portId)
    {
        int start = Length;
        if (!TryReserve(NetlinkMessage.HeaderLength, out Span<byte> header))
            return start;
        BinaryPrimitives.WriteUInt16LittleEndian(header[NetlinkMessage.TypeOffset..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[NetlinkMessage.FlagsOffset..], (ushort)flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header[NetlinkMessage.SequenceOffset..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(header[NetlinkMessage.PortIdOffset..], portId);
        return start;
    }

    /// <summary>Patches <c>nlmsg_len</c> of the message started at <paramref name="start"/>.</summary>
    public readonly void EndMessage(int start)
    {
        if (!Overflowed)
            BinaryPrimitives.WriteUInt32LittleEndian(_buffer[start..], (uint)(Length - start));
    }

    /// <summary>Writes a <c>genlmsghdr</c>.</summary>
    public void PutGenericHeader(byte command, byte version)
    {
        if (TryReserve(GenericNetlinkHeader.Length, out Span<byte> header))
        {
            header[0] = command;
            header[1] = version;
        }
    }

    /// <summary>Copies bytes as they are and pads to 4.</summary>
    public void PutRaw(scoped ReadOnlySpan<byte> bytes)
    {
        if (TryReserve(bytes.Length, out Span<byte> target))
            bytes.CopyTo(target);
    }

    /// <summary>Writes an attribute with the given payload and pads to 4.</summary>
    public void Put(ushort type, scoped ReadOnlySpan<byte> payload)
    {
        if (TryPutHeader(type, payload.Length, out Span<byte> target))
            payload.CopyTo(target);
    }

    /// <summary>
    /// Writes an attribute of <paramref name="length"/> zero bytes and returns its payload to fill in (empty on overflow).
    /// </summary>
    public Span<byte> PutReserved(ushort type, int length) => TryPutHeader(type, length, out Span<byte> target) ? target : [];

    /// <summary>Writes an attribute without payload.</summary>
    public void PutFlag(ushort type) => TryPutHeader(type, 0, out _);

    /// <summary>Writes a u8.</summary>
    public void PutU8(ushort type, byte value) => PutWord(type, 1, value);

    /// <summary>Writes a host-order u16.</summary>
    public void PutU16(ushort type, ushort value) => PutWord(type, 2, value);

    /// <summary>Writes a host-order u32.</summary>
    public void PutU32(ushort type, uint value) => PutWord(type, 4, value);

    /// <summary>Writes a host-order u64.</summary>
    public void PutU64(ushort type, ulong value)
    {
        if (TryPutHeader(type, 8, out Span<byte> target))
            BinaryPrimitives.WriteUInt64LittleEndian(target, value);
    }

    /// <summary>Writes a network-order u16.</summary>
    public void PutU16BigEndian(ushort type, ushort value) => PutWord(type, 2, BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes a network-order u32.</summary>
    public void PutU32BigEndian(ushort type, uint value) => PutWord(type, 4, BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes a network-order u64.</summary>
    public void PutU64BigEndian(ushort type, ulong value)
    {
        if (TryPutHeader(type, 8, out Span<byte> target))
            BinaryPrimitives.WriteUInt64BigEndian(target, value);
    }

    /// <summary>Writes a NUL-terminated UTF-8 string.</summary>
    public void PutString(ushort type, string value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        if (TryPutHeader(type, bytes + 1, out Span<byte> target))
            Encoding.UTF8.GetBytes(value, target);
    }

    /// <summary>
    /// Opens a nested attribute; close it with <see cref="EndNest"/>. The flag NLA_F_NESTED is the caller's to add: openvswitch sets none.
    /// </summary>
    public int BeginNest(ushort type)
    {
        int start = Length;
        TryPutHeader(type, 0, out _);
        return start;
    }

    /// <summary>Patches the length of the nest opened at <paramref name="start"/>. A nest over 65,535 bytes is an overflow.</summary>
    public void EndNest(int start)
    {
        if (Overflowed)
            return;
        int length = Length - start;
        if (length > ushort.MaxValue)
            Overflowed = true;
        else
            BinaryPrimitives.WriteUInt16LittleEndian(_buffer[start..], (ushort)length);
    }

    /// <summary>Forgets everything after <paramref name="length"/>, an earlier <see cref="Length"/>.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>An attribute of at most 4 bytes is one store of 8: length, type, payload and its padding.</summary>
    private void PutWord(ushort type, int payloadLength, uint payload)
    {
        const int WordLength = NetlinkAttribute.HeaderLength + sizeof(uint);
        if (Overflowed || WordLength > _buffer.Length - Length)
        {
            Overflowed = true;
            return;
        }

        ulong word = (uint)(NetlinkAttribute.HeaderLength + payloadLength) | ((uint)type << 16) | ((ulong)payload << 32);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.Slice(Length, WordLength), word);
        Length += WordLength;
    }

    private bool TryPutHeader(ushort type, int payloadLength, out Span<byte> payload)
    {
        payload = default;
        int length = NetlinkAttribute.HeaderLength + payloadLength;
        if ((uint)payloadLength > ushort.MaxValue - NetlinkAttribute.HeaderLength || !TryReserve(length, out Span<byte> target))
        {
            Overflowed = true;
            return false;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)length);
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], type);
        payload = target[NetlinkAttribute.HeaderLength..];
        return true;
    }

    /// <summary>Reserves zeroed bytes, padding behind them included.</summary>
    private bool TryReserve(int length, out Span<byte> target)
    {
        int padded = NetlinkAlignment.Align(length);
        if (Overflowed || (uint)padded > (uint)(_buffer.Length - Length))
        {
            Overflowed = true;
            target = default;
            return false;
        }

        Span<byte> whole = _buffer.Slice(Length, padded);
        whole.Clear();
        target = whole[..length];
        Length += padded;
        return true;
    }
}
