using System.Buffers.Binary;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Reads numbers of network byte order off the front of a span. Never throws: what reads past the end gets zeros, and
/// <see cref="Failed"/> stays set, which is looked at once where a structure ends.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether there were too few bytes.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>The bytes left.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte U8()
    {
        ReadOnlySpan<byte> taken = Take(sizeof(byte));
        return taken.IsEmpty ? (byte)0 : taken[0];
    }

    public ushort U16()
    {
        ReadOnlySpan<byte> taken = Take(sizeof(ushort));
        return taken.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(taken);
    }

    public uint U32()
    {
        ReadOnlySpan<byte> taken = Take(sizeof(uint));
        return taken.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(taken);
    }

    public ulong U64()
    {
        ReadOnlySpan<byte> taken = Take(sizeof(ulong));
        return taken.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64BigEndian(taken);
    }

    /// <summary>An Ethernet address, in the low 48 bits.</summary>
    public ulong U48()
    {
        ulong high = U16();
        return (high << 32) | U32();
    }

    /// <summary>A number of 1 to 16 bytes.</summary>
    public UInt128 Number(int length)
    {
        UInt128 value = 0;
        foreach (byte part in Take(length))
            value = (value << 8) | part;
        return value;
    }

    /// <summary>Text that ends at its first zero byte or at the end of its field.</summary>
    public string Text(int length)
    {
        ReadOnlySpan<byte> field = Take(length);
        int end = field.IndexOf((byte)0);
        return System.Text.Encoding.Latin1.GetString(field[..(end < 0 ? Math.Max(0, field.Length - 1) : end)]);
    }

    /// <summary>Passes over padding.</summary>
    public void Skip(int length) => Take(length);

    /// <summary>Takes so many bytes; none if there are fewer.</summary>
    public ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length)
        {
            Failed = true;
            _rest = default;
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    /// <summary>Takes all bytes left.</summary>
    public ReadOnlySpan<byte> TakeRest() => Take(_rest.Length);
}
