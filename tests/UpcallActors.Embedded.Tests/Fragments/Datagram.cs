using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Fragments;

/// <summary>Datagrams and hand-made fragments of them.</summary>
internal static class Datagram
{
    public const int NetworkOffset = 18;
    public const ushort Ipv4 = 0x0800;
    public const ushort Ipv6 = 0x86dd;

    /// <summary>A VLAN-tagged frame with a whole datagram of random content.</summary>
    public static byte[] Whole(Random random, bool isIpv6, int payload, int optionWords = 0)
    {
        byte[] data = new byte[payload];
        random.NextBytes(data);
        return isIpv6 ? Ipv6Frame(optionWords == 0 ? [] : HopByHop(optionWords), 17, 0, data) : Ipv4Frame(0, 17, 0, data, optionWords);
    }

    /// <summary>One fragment: <paramref name="offset"/> in bytes.</summary>
    public static byte[] Fragment(bool isIpv6, int offset, bool more, byte[] data, uint id = 7, byte ecn = 0, bool dontFragment = false)
    {
        if (!isIpv6)
            return Ipv4Frame((ushort)((offset >> 3) | (more ? 0x2000 : 0) | (dontFragment ? 0x4000 : 0)), 17, ecn, data, 0, (ushort)id);
        byte[] header = new byte[8];
        header[0] = 17;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), id);
        return Ipv6Frame(header, 44, ecn, data);
    }

    public static List<byte[]> Split(byte[] frame, ushort etherType, int mru, uint identification = 99)
    {
        IpFragmenter.TryCreate(frame, NetworkOffset, etherType, mru, mru, identification, out IpFragmenter fragmenter)
            .ShouldBe(FragmentationError.None);
        Span<byte> buffer = new byte[ushort.MaxValue + 100];
        List<byte[]> fragments = [];
        while (fragmenter.TryNext(buffer, out int length))
            fragments.Add(buffer[..length].ToArray());
        return fragments;
    }

    public static ushort TypeOf(bool isIpv6) => isIpv6 ? Ipv6 : Ipv4;

    private static byte[] HopByHop(int words)
    {
        byte[] header = new byte[words * 8];
        header[0] = 17;
        header[1] = (byte)(words - 1);
        return header;
    }

    private static byte[] Ipv4Frame(ushort fragmentField, byte protocol, byte tos, byte[] data, int optionWords, ushort id = 0x1234)
    {
        int header = 20 + (optionWords * 4);
        byte[] frame = [.. L2(Ipv4), .. new byte[header], .. data];
        Span<byte> ip = frame.AsSpan(NetworkOffset, header);
        ip[0] = (byte)(0x40 | (header / 4));
        ip[1] = tos;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(header + data.Length));
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], id);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], fragmentField);
        ip[8] = 64;
        ip[9] = protocol;
        ((byte[])[10, 0, 0, 1, 10, 0, 0, 2]).CopyTo(ip[12..]);
        // Record route, which is not to be copied, and end of options.
        for (int i = 20; i < header; i++)
            ip[i] = (byte)(i == 20 ? 7 : i == 21 ? 3 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip));
        return frame;
    }

    private static byte[] Ipv6Frame(byte[] extension, byte next, byte ecn, byte[] data)
    {
        byte first = extension.Length > 0 && next == 17 ? (byte)0 : next;
        byte[] frame = [.. L2(Ipv6), 0x60, (byte)(ecn << 4), 0, 0, 0, 0, first, 64, .. new byte[32], .. extension, .. data];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(NetworkOffset + 4), (ushort)(extension.Length + data.Length));
        frame[NetworkOffset + 8] = frame[NetworkOffset + 24] = 0xfc;
        frame[NetworkOffset + 23] = 1;
        frame[NetworkOffset + 39] = 2;
        return frame;
    }

    private static byte[] L2(ushort type) => [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, 100, (byte)(type >> 8), (byte)type];
}
