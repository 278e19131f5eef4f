using System.Buffers.Binary;
using System.Text;

namespace UpcallActors.Packets;

/// <summary>
/// Writes a pcapng file to a stream: one section, interfaces as they come, each packet with its interface, time in nanoseconds, direction
/// and a comment. One write to the stream for each block. Borrows the stream: flushing and disposing are the caller's. Not thread-safe.
/// </summary>
internal sealed class PcapngWriter
{
    private const ushort EndOfOptions = 0;
    private const ushort CommentOption = 1;
    private const int MostOption = ushort.MaxValue;

    private readonly Stream _stream;
    private byte[] _block = new byte[4096];
    private int _length;
    private uint _interfaces;

    /// <summary>Writes the section's header at once. <paramref name="application"/> is who writes it.</summary>
    public PcapngWriter(Stream stream, string application)
    {
        const ushort ApplicationOption = 4;
        _stream = stream;
        Begin(PcapngReader.SectionHeader);
        PutU32(PcapngReader.ByteOrderMagic);
        PutU16(1);
        PutU16(0);

        // How long the section is is not known.
        PutU32(uint.MaxValue);
        PutU32(uint.MaxValue);
        PutOption(ApplicationOption, application);
        End();
    }

    /// <summary>Describes an interface, and returns its number.</summary>
    public uint AddInterface(string name, PcapLinkType linkType)
    {
        const ushort NameOption = 2;
        const ushort ResolutionOption = 9;
        const byte Nanoseconds = 9;
        Begin(PcapngReader.InterfaceDescription);
        PutU16((ushort)linkType);
        PutU16(0);
        PutU32(0);
        PutOption(NameOption, name);
        PutU16(ResolutionOption);
        PutU16(1);
        PutU32(Nanoseconds);
        End();
        return _interfaces++;
    }

    /// <summary>Appends a packet.</summary>
    /// <param name="seenOn">The interface's number.</param>
    /// <param name="nanoseconds">When, since 1970 UTC.</param>
    /// <param name="packet">The packet, or its beginning.</param>
    /// <param name="originalLength">How long all of it was.</param>
    /// <param name="direction">Which way it went.</param>
    /// <param name="comment">What is to be noted about it; empty for nothing.</param>
    public void Write(
        uint seenOn, long nanoseconds, ReadOnlySpan<byte> packet, int originalLength, CaptureDirection direction, string comment)
    {
        const ushort FlagsOption = 2;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(seenOn, _interfaces);
        Begin(PcapngReader.EnhancedPacket);
        PutU32(seenOn);
        PutU32((uint)((ulong)nanoseconds >> 32));
        PutU32((uint)nanoseconds);
        PutU32((uint)packet.Length);
        PutU32((uint)Math.Max(originalLength, packet.Length));
        PutPadded(packet);
        if (comment.Length > 0)
            PutOption(CommentOption, comment);
        if (direction != CaptureDirection.Unknown)
        {
            PutU16(FlagsOption);
            PutU16(sizeof(uint));
            PutU32((uint)direction);
        }

        End();
    }

    private void Begin(uint type)
    {
        _length = 0;
        PutU32(type);
        PutU32(0);
    }

    /// <summary>Writes the block, its length at both ends.</summary>
    private void End()
    {
        PutU16(EndOfOptions);
        PutU16(0);
        PutU32((uint)(_length + sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(4), (uint)_length);
        _stream.Write(_block, 0, _length);
    }

    /// <summary>An option of text; of one too long for it, as much as it takes.</summary>
    private void PutOption(ushort code, string text)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > MostOption)
            bytes = bytes[..MostOption];
        PutU16(code);
        PutU16((ushort)bytes.Length);
        PutPadded(bytes);
    }

    private void PutPadded(ReadOnlySpan<byte> bytes)
    {
        int padded = (bytes.Length + 3) & ~3;
        Span<byte> room = Room(padded);
        bytes.CopyTo(room);
        room[bytes.Length..].Clear();
    }

    private void PutU16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Room(sizeof(ushort)), value);

    private void PutU32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), value);

    private Span<byte> Room(int length)
    {
        if (_block.Length - _length < length)
            Array.Resize(ref _block, Math.Max(2 * _block.Length, _length + length));
        _length += length;
        return _block.AsSpan(_length - length, length);
    }
}
