using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Tunnels;

/// <summary>Tunnel keys in actions, upcalls and flows.</summary>
public sealed class TunnelActionTests : IDisposable
{
    private const uint Port = 7;
    private static readonly FlowKey s_far =
        new() { TunIpv4Dst = 0xc0000202, TunId = 5, TunTtl = 64, TunFlags = TunnelFlags.Key | TunnelFlags.DontFragment };
    private readonly TestDatapath _datapath = new();
    private readonly RecordingTunnel _tunnel = new();

    public TunnelActionTests() =>
        _datapath.Datapath.AddPort(new EmbeddedPort(Port, "vxlan_sys_4789", OvsVportType.Vxlan, mtu: 65000, tunnel: _tunnel));

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public void A_frame_leaves_through_the_tunnel_that_was_set_last()
    {
        byte[] frame = TestFrames.Udp(vlan: 3);
        FlowKey other = s_far with { TunId = 9 };
        _datapath.Execute(frame, Attributes.Concat(SetTunnel(other), ActionBytes.Output(Port), SetTunnel(s_far),
            ActionBytes.Clone(ActionBytes.Output(Port)), ActionBytes.Output(2))).ShouldBe(0);
        _tunnel.Sent.Select(sent => sent.Tunnel).ShouldBe([other, s_far]);
        _tunnel.Sent.ShouldAllBe(sent => sent.Frame.SequenceEqual(frame));
        _datapath.B.Frames.ShouldHaveSingleItem().ShouldBe(frame);
    }

    [Fact]
    public void A_frame_that_no_tunnel_was_set_for_does_not_leave()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.Execute(frame, Attributes.Concat(SetTunnel(s_far), ActionBytes.Output(Port))).ShouldBe(0);
        _datapath.Execute(frame, ActionBytes.Output(Port)).ShouldBe(0);
        _tunnel.Sent.Count.ShouldBe(1);
        _datapath.Counters.Dropped(DropReason.NoTunnel).ShouldBe(1);
    }

    [Fact]
    public void What_a_frame_came_by_is_in_its_upcall_and_does_not_change_with_what_it_leaves_by()
    {
        byte[] frame = TestFrames.Udp();
        var key = new FlowKey
        {
            DatapathPort = Port,
            TunIpv4Src = 0xc0000202,
            TunIpv4Dst = 0xc0000201,
            TunId = 77,
            TunTtl = 63,
            TunTos = 4,
            TunTpSrc = 40000,
            TunTpDst = 4789,
            TunFlags = TunnelFlags.Key,
        };
        var batch = new FrameBatch();
        frame.CopyTo(batch.Reserve(frame.Length));
        batch.Commit(key, frame.Length);
        _datapath.Datapath.Receive(batch);

        byte[] upcall = _datapath.Upcalls().Single();
        FlowKey read = KeyOf(upcall);
        FlowKey expected = key;
        KeyExtraction.TryExtract(frame, ref expected, out _);
        read.ShouldBe(expected);

        _datapath.Requests.Send(Replays.UpcallTurning.ToExecute(upcall, Attributes.Concat(SetTunnel(s_far), ActionBytes.Recirc(3))))
            .ShouldBeEmpty();
        FlowKey again = KeyOf(_datapath.Upcalls().Single());
        again.ShouldBe(expected with { RecircId = 3 });
    }

    [Fact]
    public void A_flow_matches_on_what_its_mask_says_of_the_tunnel()
    {
        byte[] frame = TestFrames.Udp();
        var key = new FlowKey
        {
            DatapathPort = Port,
            TunIpv4Src = 0xc0000202,
            TunIpv4Dst = 0xc0000201,
            TunId = 77,
            TunTtl = 63,
            TunFlags = TunnelFlags.Key,
        };
        FlowKey full = key;
        KeyExtraction.TryExtract(frame, ref full, out _);
        byte[] keyBytes = Attributes.Build((ref NetlinkWriter writer) => OvsFlowKeyWriter.WriteKey(full, ref writer));
        var mask = new FlowKey
        {
            DatapathPort = uint.MaxValue,
            TunId = ulong.MaxValue,
            TunIpv4Src = uint.MaxValue,
            RecircId = uint.MaxValue,
        };
        byte[] maskBytes = Attributes.Build((ref NetlinkWriter writer) => OvsFlowKeyWriter.WriteMask(full, mask, ref writer));
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(keyBytes, maskBytes, ActionBytes.Output(2)), NetlinkFlags.Create)
            .ShouldBe(0);

        Receive(frame, key with { TunTtl = 9, TunTpSrc = 1 });
        _datapath.B.Frames.Count.ShouldBe(1);
        Receive(frame, key with { TunId = 78 });
        Receive(frame, key with { TunIpv4Src = 1 });
        _datapath.B.Frames.Count.ShouldBe(1);
        _datapath.Upcalls().Count.ShouldBe(2);
    }

    [Fact]
    public void Fragments_of_a_reassembled_packet_all_have_the_tunnel()
    {
        byte[] frame = TestFrames.Udp(payload: 3000);
        _datapath.Execute(frame, Attributes.Concat(SetTunnel(s_far), ActionBytes.Output(Port)), mru: 1400).ShouldBe(0);
        _tunnel.Sent.Count.ShouldBe(3);
        _tunnel.Sent.ShouldAllBe(sent => sent.Tunnel == s_far && sent.Frame.Length <= 1414);
    }

    [Fact]
    public void An_upcall_that_asks_for_it_tells_the_outer_headers_that_the_packet_will_have()
    {
        byte[] frame = TestFrames.Udp();
        byte[] sample = Attributes.Nest(OvsActionAttribute.Userspace, (ref NetlinkWriter writer) =>
        {
            writer.PutU32(OvsUserspaceAttribute.Pid, 1);
            writer.Put(OvsUserspaceAttribute.UserData, [1]);
            writer.PutU32(OvsUserspaceAttribute.EgressTunnelPort, Port);
            writer.PutFlag(OvsUserspaceAttribute.Actions);
        });
        _datapath.Execute(frame, Attributes.Concat(sample, SetTunnel(s_far), sample)).ShouldBe(0);

        List<byte[]> upcalls = _datapath.Upcalls();
        PacketMessage.TryParse(upcalls[0], out PacketMessage before).ShouldBe(OdpParseError.None);
        before.EgressTunnelKey.IsPresent.ShouldBeFalse();
        PacketMessage.TryParse(upcalls[1], out PacketMessage after).ShouldBe(OdpParseError.None);
        after.EgressTunnelKey.IsPresent.ShouldBeTrue();
        var egress = default(FlowKey);
        OvsTunnelKeyReader.Read(after.EgressTunnelKey.Of(upcalls[1]), ref egress).ShouldBe(OdpParseError.None);
        egress.ShouldBe(s_far with { TunIpv4Src = RecordingTunnel.Source, TunTpSrc = 50000, TunTpDst = 4789 });
    }

    [Fact]
    public void A_tunnel_without_destination_or_TTL_or_of_two_IP_versions_is_refused()
    {
        Refused(new FlowKey { TunIpv4Src = 1, TunTtl = 64 });
        Refused(new FlowKey { TunIpv6Src = 1, TunTtl = 64 });
        Refused(s_far with { TunIpv6Dst = 1 });
        Refused(ActionBytes.Set(OvsKeyAttribute.Tunnel, [8, 0, (byte)OvsTunnelKeyAttribute.Ipv4Dst, 0, 1, 2, 3, 4]));
        Refused(ActionBytes.Set(OvsKeyAttribute.Tunnel, [5, 0, (byte)OvsTunnelKeyAttribute.Ttl, 0, 64, 0, 0, 0]));
        Refused(ActionBytes.Set(OvsKeyAttribute.Tunnel,
            [5, 0, (byte)OvsTunnelKeyAttribute.Ttl, 0, 64, 0, 0, 0, 7, 0, (byte)OvsTunnelKeyAttribute.Ipv4Dst, 0, 1, 2, 3, 0]));
        Refused(ActionBytes.Set(OvsKeyAttribute.Tunnel, [5, 0, (byte)OvsTunnelKeyAttribute.Ttl, 0, 64, 0, 0, 0, 8, 0,
            (byte)OvsTunnelKeyAttribute.Ipv4Dst, 0, 1, 2, 3, 4, 4, 0, 17, 0]));
        Refused(ActionBytes.Set(OvsKeyAttribute.Tunnel, []));
        Refused(ActionBytes.SetMasked(OvsKeyAttribute.Tunnel, TunnelOf(s_far), TunnelOf(s_far)));
    }

    private static byte[] TunnelOf(FlowKey key) =>
        Attributes.Build((ref NetlinkWriter writer) => OvsFlowKeyWriter.WriteTunnelAttributes(key, ref writer));

    private static byte[] SetTunnel(FlowKey key) => ActionBytes.Set(OvsKeyAttribute.Tunnel, TunnelOf(key));

    private static FlowKey KeyOf(byte[] upcall)
    {
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        OvsFlowKeyReader.TryRead(message.Key.Of(upcall), out FlowKey key).ShouldBe(OdpParseError.None);
        return key;
    }

    private void Receive(byte[] frame, FlowKey key)
    {
        var batch = new FrameBatch(1, frame.Length);
        frame.CopyTo(batch.Reserve(frame.Length));
        batch.Commit(key, frame.Length);
        _datapath.Datapath.Receive(batch);
    }

    private void Refused(FlowKey key) => Refused(SetTunnel(key));

    private void Refused(byte[] action) =>
        _datapath.Execute(TestFrames.Udp(), Attributes.Concat(action, ActionBytes.Output(Port))).ShouldBe(22);

    private sealed class RecordingTunnel : ITunnelOutput
    {
        public const uint Source = 0xc0000201;

        public List<(byte[] Frame, FlowKey Tunnel)> Sent { get; } = [];

        public void Transmit(ReadOnlySpan<byte> frame, in FlowKey tunnel, uint hash) => Sent.Add((frame.ToArray(), tunnel));

        public bool TryFillEgress(ref FlowKey tunnel, uint hash)
        {
            tunnel.TunIpv4Src = Source;
            tunnel.TunTpSrc = 50000;
            tunnel.TunTpDst = 4789;
            return true;
        }
    }
}
