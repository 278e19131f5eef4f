using System.Buffers.Binary;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Appends numbers in network byte order to a buffer that grows. One thread; a connection uses one over and over.</summary>
internal sealed class WireWriter
{
    private byte[] _buffer = new byte[256];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Forgets what was written behind so many bytes.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void U8(byte value) => Grow(sizeof(byte))[0] = value;

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Grow(sizeof(ushort)), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Grow(sizeof(uint)), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Grow(sizeof(ulong)), value);

    /// <summary>An Ethernet address, of the low 48 bits.</summary>
    public void U48(ulong value)
    {
        U16((ushort)(value >> 32));
        U32((uint)value);
    }

    /// <summary>A number in so many bytes.</summary>
    public void Number(UInt128 value, int length)
    {
        Span<byte> bytes = Grow(length);
        for (int i = length - 1; i >= 0; i--)
        {
            bytes[i] = (byte)value;
            value >>= 8;
        }
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    /// <summary>Text in a field of so many bytes, which ends with a zero.</summary>
    public void Text(string text, int length)
    {
        Span<byte> field = Grow(length);
        field.Clear();
        Encoding.Latin1.GetBytes(text.AsSpan(0, Math.Min(text.Length, length - 1)), field);
    }

    public void Zero(int length) => Grow(length).Clear();

    /// <summary>Pads what was written since <paramref name="start"/> to a multiple of 8 bytes.</summary>
    public void Pad8(int start) => Zero(-(Length - start) & 7);

    /// <summary>Writes a number of 16 bits over what is there.</summary>
    public void Patch16(int at, int value) => BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(at), (ushort)value);

    /// <summary>Writes what was written since <paramref name="start"/> as a length, two bytes at <paramref name="at"/>.</summary>
    public void PatchLength(int at, int start) => Patch16(at, Length - start);

    private Span<byte> Grow(int length)
    {
        if (_buffer.Length - Length < length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + length));
        Span<byte> grown = _buffer.AsSpan(Length, length);
        Length += length;
        return grown;
    }
}
