using PacketDotNet;
using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Extraction;

/// <summary>Extraction against PacketDotNet, on every frame that the hosts of all recordings saw.</summary>
public sealed class IndependentDecoderTests
{
    [Theory]
    [MemberData(nameof(KernelRecording.All), MemberType = typeof(KernelRecording))]
    public void The_key_says_what_an_independent_decoder_says(string name)
    {
        int ipFrames = 0;
        foreach (CapturedFrame frame in new KernelRecording(name).Frames("p0"))
        {
            var key = default(FlowKey);
            KeyExtraction.TryExtract(frame.Data.Span, ref key, out _).ShouldBeTrue();
            Packet packet = Packet.ParsePacket(LinkLayers.Ethernet, frame.Data.ToArray());

            Number(packet.Extract<EthernetPacket>().SourceHardwareAddress.GetAddressBytes()).ShouldBe(key.EthSrc);
            Ieee8021QPacket? tag = packet.Extract<Ieee8021QPacket>();
            (key.VlanTci & 0xfff).ShouldBe(tag?.VlanIdentifier ?? 0);
            ipFrames += Compare(packet, key);
        }

        ipFrames.ShouldBeGreaterThan(20);
    }

    private static int Compare(Packet packet, in FlowKey key)
    {
        if (packet.Extract<IPv4Packet>() is { } ipv4)
        {
            Number(ipv4.SourceAddress.GetAddressBytes()).ShouldBe(key.Ipv4Src);
            Number(ipv4.DestinationAddress.GetAddressBytes()).ShouldBe(key.Ipv4Dst);
            ((byte)ipv4.Protocol, (byte)ipv4.TimeToLive, (byte)ipv4.TypeOfService).ShouldBe((key.NwProto, key.NwTtl, key.NwTos));
            (ipv4.FragmentOffset != 0).ShouldBe((key.NwFrag & FlowKey.FragLater) != 0);
            return 1;
        }

        if (packet.Extract<IPv6Packet>() is not { } ipv6)
            return 0;
        Number(ipv6.SourceAddress.GetAddressBytes()).ShouldBe(key.Ipv6Src);
        Number(ipv6.DestinationAddress.GetAddressBytes()).ShouldBe(key.Ipv6Dst);
        ((byte)ipv6.HopLimit, (uint)ipv6.FlowLabel).ShouldBe((key.NwTtl, key.Ipv6Label));
        return 1;
    }

    private static UInt128 Number(byte[] bytes) => bytes.Aggregate(UInt128.Zero, (value, next) => (value << 8) | next);
}
