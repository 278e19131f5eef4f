using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Extraction;

public sealed class RecordedKeyExtractionTests
{
    [Theory]
    [MemberData(nameof(KernelRecording.All), MemberType = typeof(KernelRecording))]
    public void The_key_of_every_recorded_upcall_is_extracted_from_its_packet(string name)
    {
        int upcalls = 0;
        foreach (RecordedMessage upcall in new KernelRecording(name).Upcalls)
        {
            PacketMessage message = upcall.Packet;
            OvsFlowKeyReader.TryRead(message.Key.Of(upcall.Bytes), out FlowKey recorded).ShouldBe(OdpParseError.None);
            var extracted = default(FlowKey);
            KeyExtraction.TryExtract(message.Packet.Of(upcall.Bytes), ref extracted, out _).ShouldBeTrue();

            extracted.ReadOnlyWords[FlowKey.L2Start..].ToArray()
                .ShouldBe(recorded.ReadOnlyWords[FlowKey.L2Start..].ToArray(), $"upcall {upcalls}");
            upcalls++;
        }

        upcalls.ShouldBeGreaterThan(10);
    }

    [Theory]
    [MemberData(nameof(KernelRecording.All), MemberType = typeof(KernelRecording))]
    public void The_key_is_written_with_the_kernels_own_bytes(string name)
    {
        foreach (RecordedMessage upcall in new KernelRecording(name).Upcalls)
        {
            PacketMessage message = upcall.Packet;
            OvsFlowKeyReader.TryRead(message.Key.Of(upcall.Bytes), out FlowKey key).ShouldBe(OdpParseError.None);
            KeyExtraction.TryExtract(message.Packet.Of(upcall.Bytes), ref key, out PacketLayout layout).ShouldBeTrue();
            var writer = new UpcallActors.Linux.NetlinkWriter(new byte[2048]);
            OvsFlowKeyWriter.WriteKey(key, layout.ExtensionHeaders, ref writer);

            writer.Written.ToArray().ShouldBe(message.Key.Of(upcall.Bytes).ToArray());
        }
    }
}
