using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Fragments;

/// <summary>A recorded scenario: the frames at both hosts, and the upcalls in between.</summary>
internal sealed class RecordedScenario
{
    private readonly string _stem;

    // Assigned by the kernel when the module was loaded.
    private readonly ushort _packetFamily;

    private RecordedScenario(string kernel, string name)
    {
        _stem = Path.Combine(AppContext.BaseDirectory, "captures", kernel, name);
        _packetFamily = kernel == "linux-6.1" ? (ushort)35 : (ushort)28;
        AtP0 = ReadFrames("p0");
        AtP1 = ReadFrames("p1");
    }

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string kernel in (string[])["linux-6.1", "linux-7.2"])
            {
                foreach (string name in (string[])["ipv4-fragmentation", "ipv4-fragmentation-vlan", "ipv6-fragmentation",
                    "ipv6-fragmentation-vlan"])
                    all.Add(kernel, name);
            }

            return all;
        }
    }

    public IReadOnlyList<byte[]> AtP0 { get; }

    public IReadOnlyList<byte[]> AtP1 { get; }

    /// <summary>The host at p0 sends the first ping.</summary>
    public byte[] Pinger => AtP0.First(IsEcho)[6..12];

    public byte[] Ponger => AtP0.First(IsEcho)[..6];

    public static RecordedScenario Open(string kernel, string name) => new(kernel, name);

    public static IEnumerable<byte[]> SentBy(IEnumerable<byte[]> frames, byte[] host) =>
        frames.Where(frame => frame.AsSpan(6, 6).SequenceEqual(host));

    public static (int NetworkOffset, ushort EtherType) Layout(ReadOnlySpan<byte> frame)
    {
        int offset = 12;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
        while (type is 0x8100 or 0x88a8)
        {
            offset += 4;
            type = BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
        }

        return (offset + 2, type);
    }

    public static bool IsFragment(byte[] frame)
    {
        (int offset, ushort type) = Layout(frame);
        return type switch
        {
            0x0800 => (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(offset + 6)) & 0x3fff) != 0,
            0x86dd => frame[offset + 6] == 44,
            _ => false,
        };
    }

    /// <summary>Upcalls in recorded order.</summary>
    public IEnumerable<(byte[] Packet, FlowKey Key, ushort Mru)> Upcalls()
    {
        PcapReader.TryOpen(File.ReadAllBytes(_stem + ".netlink.pcap"), out PcapReader? reader).ShouldBe(PcapError.None);
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
        {
            foreach ((byte[], FlowKey, ushort) upcall in UpcallsOf(record.Data.ToArray()))
                yield return upcall;
        }
    }

    private List<(byte[] Packet, FlowKey Key, ushort Mru)> UpcallsOf(byte[] data)
    {
        List<(byte[], FlowKey, ushort)> upcalls = [];
        NlmonRecord.TryRead(data, out NlmonRecord record).ShouldBeTrue();
        ReadOnlySpan<byte> rest = record.Protocol == NlmonRecord.GenericNetlink ? record.Messages : default;
        while (NetlinkMessage.TryRead(rest, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
        {
            if (message.Type == _packetFamily
                && PacketMessage.TryParse(message.Bytes, out PacketMessage packet) == OdpParseError.None
                && packet.Command == PacketCommand.Miss)
            {
                OvsFlowKeyReader.TryRead(packet.Key.Of(message.Bytes), out FlowKey key).ShouldBe(OdpParseError.None);
                upcalls.Add((packet.Packet.Of(message.Bytes).ToArray(), key, packet.Origin.Mru));
            }

            rest = rest[consumed..];
        }

        return upcalls;
    }

    private static bool IsEcho(byte[] frame)
    {
        (int offset, ushort type) = Layout(frame);
        return type switch
        {
            0x0800 => frame[offset + 9] == 1 && frame[offset + 20] == 8,
            0x86dd => frame[offset + 6] == 58 && frame[offset + 40] == 128,
            _ => false,
        };
    }

    private List<byte[]> ReadFrames(string port)
    {
        PcapReader.TryOpen(File.ReadAllBytes($"{_stem}.{port}.pcap"), out PcapReader? reader).ShouldBe(PcapError.None);
        List<byte[]> frames = [];
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
            frames.Add(record.Data.ToArray());
        return frames;
    }
}
