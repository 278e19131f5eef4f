using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Packet-ins, against those that the real switch sent.</summary>
public class PacketInEncodingTests
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "captures", "openflow");

    public static TheoryData<string> Recordings =>
    [
        .. Directory.GetFiles(_folder, "of1*-monitor-*.txt").Select(file => Path.GetFileName(file))
            .Where(name => !name.Contains("eviction") && !name.Contains("flow-monitor")).Order(),
    ];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Each_packet_in_of_the_real_switch_is_what_is_said_of_the_same_packet(string file)
    {
        int compared = 0;
        foreach (string line in File.ReadLines(Path.Combine(_folder, file)).Where(line => line.StartsWith("< ", StringComparison.Ordinal)))
        {
            byte[] recorded = Convert.FromHexString(line[2..]);
            OpenFlowCodec.Decode(recorded, out DecodedMessage? message).ShouldBeNull();
            if (message!.Body is not PacketInMessage sent)
                continue;
            var version = (OpenFlowVersion)message.Header.Version;
            PacketInFormat format = message.Type == MessageType.PacketIn2 ? PacketInFormat.Nicira2
                : message.Form.Space == MessageSpace.Nicira ? PacketInFormat.Nicira : PacketInFormat.Standard;
            PacketInMessage? made = PacketInEncoding.Encode(PacketOf(sent), format, version);
            MessageForm form = PacketInEncoding.FormOf(format, version);
            // What it goes on with has the id of another bridge; the codec's own tests compare it.
            made = made.ShouldNotBeNull() with { Continuation = sent.Continuation };
            var writer = new WireWriter();
            OpenFlowCodec.Encode(writer, message.Header.Version, message.Header.Xid, form, made);
            Convert.ToHexString(writer.Written).ShouldBe(Convert.ToHexString(recorded));
            compared++;
        }

        compared.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(ControllerReason.ExplicitMiss, OpenFlowVersion.V12, 1)]
    [InlineData(ControllerReason.ExplicitMiss, OpenFlowVersion.V13, 0)]
    [InlineData(ControllerReason.ImplicitMiss, OpenFlowVersion.V10, 0)]
    [InlineData(ControllerReason.PacketOut, OpenFlowVersion.V13, 1)]
    [InlineData(ControllerReason.PacketOut, OpenFlowVersion.V14, 5)]
    [InlineData(ControllerReason.Group, OpenFlowVersion.V15, 4)]
    [InlineData(ControllerReason.ActionSet, OpenFlowVersion.V10, 1)]
    [InlineData(ControllerReason.InvalidTtl, OpenFlowVersion.V10, 2)]
    public void A_version_that_does_not_know_a_reason_gets_the_next_best(object reason, object version, byte said) =>
        PacketInEncoding.ReasonOf((ControllerReason)reason, (OpenFlowVersion)version).ShouldBe(said);

    [Fact]
    public void What_is_not_zero_is_told_of_the_pipeline_and_of_the_connection()
    {
        var flow = new Flow(Packets.Tcp(), 5);
        MatchFields.Get("metadata").Write(ref flow, 0x11);
        MatchFields.Get("tun_id").Write(ref flow, 9);
        flow.Key.CtState = CtState.Tracked | CtState.Established;
        flow.Key.CtZone = 4;
        flow.Key.CtOrigProto = 6;
        flow.Key.CtOrigIpv4Src = 0x0a000001;
        PacketInMessage message = Encode(new ControllerPacket { Bridge = "br0", Packet = [1], Flow = flow });
        message.Metadata.ToString().ShouldBe(
            "ct_state=est|trk,ct_zone=4,ct_nw_src=10.0.0.1,ct_nw_dst=0.0.0.0,ct_nw_proto=6,ct_tp_src=0,ct_tp_dst=0,ip,tun_id=0x9,"
            + "metadata=0x11,in_port=5");
    }

    [Fact]
    public void A_packet_that_fits_no_message_is_cut_unless_it_waits_to_go_on()
    {
        var long_ = new ControllerPacket { Bridge = "br0", Packet = [.. new byte[65_531]], Flow = new Flow(Packets.Tcp(), 1) };
        PacketInMessage cut = Encode(long_);
        cut.TotalLength.ShouldBe(65_531u);
        cut.Packet.Length.ShouldBeLessThan(65_531);
        LengthOf(cut, PacketInFormat.Nicira2).ShouldBeLessThanOrEqualTo(ushort.MaxValue);
        var state = new FrozenState();
        var flow = new Flow(Packets.Tcp(), 1);
        state.Capture("br0", 0, false, ref flow, [], [], mayBeReassembled: false, isBehindPatch: false);
        PacketInEncoding.Encode(long_ with { Paused = state }, PacketInFormat.Nicira2, OpenFlowVersion.V13).ShouldBeNull();
        PacketInEncoding.Encode(long_ with { Paused = state }, PacketInFormat.Standard, OpenFlowVersion.V13).ShouldNotBeNull();
    }

    [Fact]
    public void A_paused_packet_takes_along_what_the_datapath_wants_back()
    {
        var bridge = new TestSwitch("actions=controller(pause),2");
        ControllerPacket packet = ControllerPacketTests.Read(bridge, Packets.Tcp(), new PacketOrigin(1496, 3, 0))!;
        PacketInMessage message = Encode(packet);
        Continuation.Decode(OpenFlowVersion.V13, message.Continuation.AsSpan(), out Continuation? goesOn).ShouldBeNull();
        goesOn!.Bridge.ShouldBe(BridgeId.Of("br0"));
        (goesOn.Mru, goesOn.Hash, goesOn.UpcallPid, goesOn.DatapathPort).ShouldBe(((ushort)1496, 3ul, 44u, 101u));
        goesOn.Actions.ShouldHaveSingleItem().Action.ToString().ShouldBe("output:2");
    }

    private static PacketInMessage Encode(ControllerPacket packet) =>
        PacketInEncoding.Encode(packet, PacketInFormat.Nicira2, OpenFlowVersion.V13).ShouldNotBeNull();

    private static int LengthOf(PacketInMessage message, PacketInFormat format)
    {
        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, 4, 0, PacketInEncoding.FormOf(format, OpenFlowVersion.V13), message);
        return writer.Length;
    }

    private static ControllerPacket PacketOf(PacketInMessage sent) => new()
    {
        Bridge = "br0",
        Packet = sent.Packet,
        Flow = sent.Metadata.ToValue(),
        Table = sent.Table,
        Cookie = sent.Cookie,
        Reason = (ControllerReason)sent.Reason,
        UserData = sent.UserData,
    };
}
