using System.Buffers.Binary;
using System.Globalization;

namespace UpcallActors.Odp;

/// <summary>
/// A unique flow id: 16 bytes that name a flow to the datapath. Open vSwitch makes them look like random (version 4) UUIDs
/// and prints them so: each 32-bit word in host byte order. <paramref name="Value"/> has the words most significant first.
/// </summary>
internal readonly record struct Ufid(UInt128 Value)
{
    /// <summary>Bytes of <c>OVS_FLOW_ATTR_UFID</c> as Open vSwitch uses it.</summary>
    public const int Length = 16;

    /// <summary>
    /// Makes an id of a 128-bit hash of the flow's key, stamped as <c>odp_flow_key_hash</c> and <c>uuid_set_bits_v4</c> do in Open vSwitch.
    /// </summary>
    public static Ufid OfHash(UInt128 hash)
    {
        UInt128 versionAndVariant = new(0xf000UL, 0xc000_0000_0000_0000UL);
        UInt128 version4 = new(0x4000UL, 0x8000_0000_0000_0000UL);
        return new Ufid((hash & ~versionAndVariant) | version4);
    }

    /// <summary>Reads 16 wire bytes.</summary>
    public static Ufid Read(ReadOnlySpan<byte> bytes)
    {
        ulong high = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        ulong low = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) << 32)
            | BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        return new Ufid(new UInt128(high, low));
    }

    /// <summary>Reads the text form; false when it is not 32 hexadecimal digits with dashes after the 8th, 12th, 16th and 20th.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ufid ufid)
    {
        ufid = default;
        if (!Guid.TryParseExact(text, "D", out Guid guid))
            return false;
        Span<byte> bytes = stackalloc byte[Length];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        ufid = new Ufid(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return true;
    }

    /// <summary>Writes the 16 wire bytes.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)(Value >> 96));
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)(Value >> 64));
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], (uint)(Value >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], (uint)Value);
    }

    /// <summary>The text form, such as <c>1f50f420-3668-418b-8c0f-57af50635611</c>.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return new Guid(bytes, bigEndian: true).ToString("D", CultureInfo.InvariantCulture);
    }
}
