using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.SystemTests.Kernel;

/// <summary>Frames, flow keys and actions for tests.</summary>
internal static class Frames
{
    /// <summary>An EtherType that nobody else sends.</summary>
    public const ushort TestEtherType = 0x1234;

    /// <summary>60 bytes from 02:00:00:00:00:01 to 02:00:00:00:00:02 with a number in its payload.</summary>
    public static byte[] Numbered(byte number)
    {
        byte[] frame = new byte[60];
        WriteEthernet(frame, TestEtherType);
        frame[14] = number;
        return frame;
    }

    /// <summary>UDP from 10.9.0.1 to 10.9.0.2, without a checksum.</summary>
    public static byte[] Udp(ushort sourcePort, int payload = 18)
    {
        byte[] frame = new byte[14 + 20 + 8 + payload];
        WriteEthernet(frame, EtherTypes.Ipv4);
        Span<byte> ip = frame.AsSpan(14);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(frame.Length - 14));
        ip[8] = 64;
        ip[9] = IpProtocols.Udp;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], 0x0a09_0001);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 0x0a09_0002);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], HeaderChecksum(ip[..20]));
        BinaryPrimitives.WriteUInt16BigEndian(ip[20..], sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], 9);
        BinaryPrimitives.WriteUInt16BigEndian(ip[24..], (ushort)(8 + payload));
        return frame;
    }

    /// <summary>
    /// Key attributes of <see cref="Numbered"/> frames from a port; <paramref name="source"/> is the last byte of the source address.
    /// </summary>
    public static byte[] Key(uint inPort, byte source = 1)
    {
        var writer = new NetlinkWriter(new byte[128]);
        writer.PutU32(OvsKeyAttribute.InPort, inPort);
        writer.Put(OvsKeyAttribute.Ethernet, [2, 0, 0, 0, 0, source, 2, 0, 0, 0, 0, 2]);
        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, TestEtherType);
        return writer.Written.ToArray();
    }

    /// <summary>Actions: output.</summary>
    public static byte[] Output(uint port)
    {
        var writer = new NetlinkWriter(new byte[16]);
        OvsActionWriter.Output(ref writer, port);
        return writer.Written.ToArray();
    }

    /// <summary>Actions: to userspace, with a number as user data.</summary>
    public static byte[] Userspace(uint pid, byte number = 0)
    {
        var writer = new NetlinkWriter(new byte[64]);
        new OvsUserspaceAction { Pid = pid, UserData = new byte[] { number } }.Write(ref writer);
        return writer.Written.ToArray();
    }

    private static void WriteEthernet(byte[] frame, ushort etherType)
    {
        frame[0] = frame[6] = 2;
        frame[5] = 2;
        frame[11] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), etherType);
    }

    private static ushort HeaderChecksum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (int offset = 0; offset < header.Length; offset += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[offset..]);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }
}
