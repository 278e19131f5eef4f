using System.Buffers.Binary;
using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Requests;

/// <summary>Flow requests and their answers, as the kernel gives them.</summary>
public sealed class FlowRequestTests : IDisposable
{
    private const int NoEntry = 2;
    private const int Exists = 17;
    private const int NoDevice = 19;
    private const int Invalid = 22;
    private const int NoSpace = 28;
    private static readonly UInt128 Ufid = new(1, 2);
    private readonly TestDatapath _datapath = new();

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public void A_flow_is_put_once()
    {
        byte[] flow = TestDatapath.Flow(TestDatapath.Key(TestFrames.Udp()), TestDatapath.PortMask(), ActionBytes.Output(2), Ufid);
        _datapath.FlowRequest(OvsCommand.New, flow, NetlinkFlags.Create).ShouldBe(0);
        _datapath.FlowRequest(OvsCommand.New, flow, NetlinkFlags.Create).ShouldBe(Exists);
        _datapath.Datapath.FlowCount.ShouldBe(1);
    }

    [Fact]
    public void A_flow_counts_the_bytes_of_its_packets_with_their_tag()
    {
        byte[] frame = TestFrames.Udp(vlan: 100);
        byte[] key = TestDatapath.Key(frame);
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(key, TestDatapath.PortMask(), ActionBytes.PopVlan(), Ufid),
            NetlinkFlags.Create).ShouldBe(0);
        _datapath.Datapath.Receive(1, frame);

        _datapath.Requests.Request(_datapath.Datapath.Families.Flow, OvsCommand.Get, NetlinkFlags.None,
            TestDatapath.Flow(key, null, null, Ufid), out List<byte[]> answers);
        FlowMessage.TryParse(answers[0], out FlowMessage flow).ShouldBe(OdpParseError.None);
        flow.Packets.ShouldBe(1UL);
        flow.Bytes.ShouldBe((ulong)frame.Length);
    }

    [Fact]
    public void A_flow_that_exists_is_changed_without_the_create_flag()
    {
        byte[] frame = TestFrames.Udp();
        byte[] key = TestDatapath.Key(frame);
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(key, TestDatapath.PortMask(), ActionBytes.Output(2), Ufid)).ShouldBe(0);
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(key, TestDatapath.PortMask(), ActionBytes.Output(3), Ufid)).ShouldBe(0);
        _datapath.Datapath.Receive(1, frame);

        _datapath.C.Frames.Count.ShouldBe(1);
        _datapath.B.Frames.ShouldBeEmpty();
    }

    [Fact]
    public void SET_changes_actions_and_clears_statistics_of_a_flow_known_by_UFID_or_by_key()
    {
        byte[] frame = TestFrames.Udp();
        byte[] key = TestDatapath.Key(frame);
        _datapath.FlowRequest(OvsCommand.Set, TestDatapath.Flow(key, TestDatapath.PortMask(), ActionBytes.Output(2), Ufid))
            .ShouldBe(NoEntry);
        _datapath.PutFlow(frame, ActionBytes.Output(2));
        _datapath.Datapath.Receive(1, frame);
        _datapath.FlowRequest(OvsCommand.Set, TestDatapath.Flow(key, TestDatapath.PortMask(), ActionBytes.Output(3))).ShouldBe(0);
        _datapath.Datapath.Receive(1, frame);
        _datapath.C.Frames.Count.ShouldBe(1);
        Get(key).Packets.ShouldBe(2UL);

        byte[] clear = Attributes.Concat(TestDatapath.Flow(key, null, null),
            Attributes.Build((ref NetlinkWriter writer) => writer.PutFlag(OvsFlowAttribute.Clear)));
        _datapath.FlowRequest(OvsCommand.Set, clear).ShouldBe(0);
        Get(key).Packets.ShouldBe(0UL);
    }

    [Fact]
    public void GET_returns_key_mask_actions_and_statistics()
    {
        byte[] frame = TestFrames.Tcp(flags: 0x012);
        byte[] key = TestDatapath.Key(frame);
        byte[] actions = Attributes.Concat(ActionBytes.PushVlan(5), ActionBytes.Output(2));
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(key, TestDatapath.PortMask(), actions, Ufid)).ShouldBe(0);
        _datapath.Datapath.Clock.Set(5_000_000);
        _datapath.Datapath.Receive(1, frame);
        _datapath.Requests.Request(_datapath.Datapath.Families.Flow, OvsCommand.Get, NetlinkFlags.None,
            TestDatapath.Flow([], null, null, Ufid), out List<byte[]> answers).ShouldBe(0);

        byte[] answer = answers.Single();
        FlowMessage.TryParse(answer, out FlowMessage flow).ShouldBe(OdpParseError.None);
        flow.Actions.Of(answer).ToArray().ShouldBe(actions);
        flow.Packets.ShouldBe(1UL);
        flow.Bytes.ShouldBe((ulong)frame.Length);
        flow.TcpFlags.ShouldBe((byte)0x12);
        flow.Used.ShouldBe(5000UL);
        OvsFlowKeyReader.TryReadMask(flow.Mask.Of(answer), out FlowKey mask).ShouldBe(OdpParseError.None);
        mask.DatapathPort.ShouldBe(uint.MaxValue);
        mask.Ipv4Src.ShouldBe(0u);
        OvsFlowKeyReader.TryRead(flow.Key.Of(answer), out FlowKey masked).ShouldBe(OdpParseError.None);
        masked.EthType.ShouldBe((ushort)0x0800);
        masked.EthSrc.ShouldBe(0UL);
    }

    [Fact]
    public void DEL_takes_one_flow_out_or_all()
    {
        byte[] udp = TestFrames.Udp();
        _datapath.PutFlow(udp, ActionBytes.Output(2));
        _datapath.PutFlow(TestFrames.UdpOverIpv6(), ActionBytes.Output(2));
        _datapath.FlowRequest(OvsCommand.Delete, TestDatapath.Flow(TestDatapath.Key(udp), null, null)).ShouldBe(0);
        _datapath.FlowRequest(OvsCommand.Delete, TestDatapath.Flow(TestDatapath.Key(udp), null, null)).ShouldBe(NoEntry);
        _datapath.Datapath.FlowCount.ShouldBe(1);
        _datapath.FlowRequest(OvsCommand.Delete, []).ShouldBe(0);
        _datapath.Datapath.FlowCount.ShouldBe(0);
    }

    [Fact]
    public void A_dump_returns_every_flow_and_an_end()
    {
        const int Count = 300;
        for (ushort port = 0; port < Count; port++)
        {
            byte[] flow = TestDatapath.Flow(TestDatapath.Key(TestFrames.Udp(source: port)), null, ActionBytes.Output(2),
                new UInt128(9, port));
            _datapath.FlowRequest(OvsCommand.New, flow, NetlinkFlags.Create).ShouldBe(0);
        }

        _datapath.Requests.Request(_datapath.Datapath.Families.Flow, OvsCommand.Get, NetlinkFlags.Dump, [], out List<byte[]> answers)
            .ShouldBe(0);
        answers.Count.ShouldBe(Count + 1);
        BinaryPrimitives.ReadUInt16LittleEndian(answers[^1].AsSpan(NetlinkMessage.TypeOffset)).ShouldBe((ushort)3);
        answers.Take(Count).Select(UfidOf).Distinct().Count().ShouldBe(Count);
    }

    [Fact]
    public void A_dump_leaves_out_what_the_request_does_not_want()
    {
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(TestDatapath.Key(TestFrames.Udp()), null, ActionBytes.Output(2), Ufid),
            NetlinkFlags.Create).ShouldBe(0);
        byte[] terse = Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsFlowAttribute.UfidFlags, 7));
        _datapath.Requests.Request(_datapath.Datapath.Families.Flow, OvsCommand.Get, NetlinkFlags.Dump, terse, out List<byte[]> answers)
            .ShouldBe(0);

        FlowMessage.TryParse(answers[0], out FlowMessage flow).ShouldBe(OdpParseError.None);
        flow.Key.IsPresent.ShouldBeFalse();
        flow.Mask.IsPresent.ShouldBeFalse();
        flow.Actions.IsPresent.ShouldBeFalse();
    }

    [Fact]
    public void An_acknowledgement_comes_only_when_asked_for_and_the_flow_with_ECHO()
    {
        byte[] flow = TestDatapath.Flow(TestDatapath.Key(TestFrames.Udp()), null, ActionBytes.Output(2), Ufid);
        ushort family = _datapath.Datapath.Families.Flow;
        _datapath.Requests.Request(family, OvsCommand.New, NetlinkFlags.Create, flow, out List<byte[]> silent).ShouldBe(0);
        silent.ShouldBeEmpty();
        _datapath.Requests.Request(family, OvsCommand.Delete, NetlinkFlags.Echo | NetlinkFlags.Ack, TestDatapath.Flow([], null, null, Ufid),
            out List<byte[]> answers).ShouldBe(0);
        answers.Count.ShouldBe(2);
        UfidOf(answers[0]).ShouldBe(Ufid);
    }

    [Fact]
    public void Without_a_mask_everything_in_the_key_is_matched_on()
    {
        byte[] frame = TestFrames.Udp(source: 1);
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(TestDatapath.Key(frame), null, ActionBytes.Output(2)), NetlinkFlags.Create)
            .ShouldBe(0);
        _datapath.Datapath.Receive(1, frame);
        _datapath.Datapath.Receive(1, TestFrames.Udp(source: 2));
        _datapath.Datapath.Receive(1, TestFrames.Udp(source: 1, vlan: 9));

        _datapath.B.Frames.Count.ShouldBe(1);
        _datapath.Counters.Misses.ShouldBe(2);
    }

    [Fact]
    public void A_tag_is_never_wildcarded()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.PutFlow(frame, ActionBytes.Output(2));
        _datapath.Datapath.Receive(1, TestFrames.Udp(vlan: 9));
        _datapath.Counters.Misses.ShouldBe(1);
    }

    [Fact]
    public void What_the_table_cannot_hold_is_refused()
    {
        using var small = new TestDatapath(new EmbeddedDatapathOptions { FlowLimit = 1 });
        small.PutFlow(TestFrames.Udp(), ActionBytes.Output(2));
        small.FlowRequest(OvsCommand.New, TestDatapath.Flow(TestDatapath.Key(TestFrames.UdpOverIpv6()), null, ActionBytes.Output(2)),
            NetlinkFlags.Create).ShouldBe(NoSpace);
    }

    [Fact]
    public void Requests_to_another_datapath_find_none()
    {
        var writer = new NetlinkWriter(new byte[64]);
        int start = OvsHeader.Begin(ref writer, _datapath.Datapath.Families.Flow, NetlinkFlags.Request, 1, OvsCommand.Delete, 1,
            _datapath.Datapath.IfIndex + 1);
        writer.EndMessage(start);
        byte[] answer = _datapath.Requests.Send(writer.Written).Single();
        BitConverter.ToInt32(answer, NetlinkMessage.HeaderLength).ShouldBe(-NoDevice);
    }

    public static TheoryData<string, byte[]> BadActions() => new()
    {
        { "output to a port number beyond all", ActionBytes.Output(65_535) },
        { "unknown action", Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(77, 1)) },
        { "output of two bytes", Attributes.Build((ref NetlinkWriter writer) => writer.PutU16(OvsActionAttribute.Output, 1)) },
        { "trunc below an Ethernet header", ActionBytes.Trunc(13) },
        { "unknown hash algorithm", ActionBytes.Hash(0, algorithm: 1) },
        { "push of a TPID that is none", ActionBytes.PushVlan(1, 0x9100) },
        { "userspace without pid", Attributes.Nest(OvsActionAttribute.Userspace,
            (ref NetlinkWriter writer) => writer.PutFlag(OvsUserspaceAttribute.Actions)) },
        { "userspace with pid 0", ActionBytes.Userspace(pid: 0) },
        { "set of a TCP port of a UDP flow", ActionBytes.Set(OvsKeyAttribute.Tcp, [0, 1, 0, 2]) },
        { "set beyond its mask", ActionBytes.SetMasked(OvsKeyAttribute.Udp, [0, 1, 0, 2], [0, 0, 0, 0]) },
        { "set of the protocol", ActionBytes.SetMasked(OvsKeyAttribute.Ipv4, [0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0]) },
        { "set of a connection state", ActionBytes.Set(OvsKeyAttribute.CtState, [0, 0, 0, 0]) },
        { "set of nothing", Attributes.Nest(OvsActionAttribute.Set, (ref NetlinkWriter _) => { }) },
        { "bad action in a sample", ActionBytes.Sample(1, ActionBytes.Trunc(1)) },
        { "sample without actions", Attributes.Nest(OvsActionAttribute.Sample,
            (ref NetlinkWriter writer) => writer.PutU32(OvsSampleAttribute.Probability, 1)) },
        { "bad action in a clone", ActionBytes.Clone(ActionBytes.Trunc(1)) },
        { "bad action behind check_pkt_len", ActionBytes.CheckPktLen(10, ActionBytes.Trunc(1), []) },
        { "check_pkt_len of 0", ActionBytes.CheckPktLen(0, [], []) },
        { "ct with an unknown attribute", Attributes.Nest(OvsActionAttribute.Ct, (ref NetlinkWriter writer) => writer.PutFlag(50)) },
        { "truncated list", [8, 0, 1] },
    };

    [Theory]
    [MemberData(nameof(BadActions))]
    public void Actions_are_checked_before_they_are_kept_or_executed(string what, byte[] actions)
    {
        byte[] frame = TestFrames.Udp();
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(TestDatapath.Key(frame), null, actions), NetlinkFlags.Create)
            .ShouldBe(Invalid, what);
        _datapath.Execute(frame, actions).ShouldBe(Invalid, what);
        _datapath.Datapath.FlowCount.ShouldBe(0);
    }

    [Fact]
    public void Actions_that_nest_too_deeply_are_refused()
    {
        byte[] actions = ActionBytes.Output(2);
        for (int depth = 0; depth < 16; depth++)
            actions = ActionBytes.Clone(actions);
        _datapath.Execute(TestFrames.Udp(), actions).ShouldBe(0);
        _datapath.Execute(TestFrames.Udp(), ActionBytes.Clone(actions)).ShouldBe(75);
        _datapath.B.Frames.Count.ShouldBe(1);
    }

    [Fact]
    public void A_ct_action_for_a_flow_that_is_not_IP_is_refused()
    {
        byte[] frame = TestFrames.Udp();
        frame[12] = 0x12;
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(TestDatapath.Key(frame), null, ActionBytes.Ct(1, commit: false)),
            NetlinkFlags.Create).ShouldBe(Invalid);
    }

    public static TheoryData<string, byte[], byte[]?> BadMatches()
    {
        byte[] udp = TestDatapath.Key(TestFrames.Udp());
        byte[] WithoutAttribute(ushort type) => Attributes.Build((ref NetlinkWriter writer) =>
        {
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(udp))
            {
                if (attribute.Type != type)
                    writer.Put(attribute.RawType, attribute.Payload);
            }
        });
        return new TheoryData<string, byte[], byte[]?>
        {
            { "no Ethernet header", WithoutAttribute(OvsKeyAttribute.Ethernet), null },
            { "IPv4 without its key", WithoutAttribute(OvsKeyAttribute.Ipv4), null },
            { "UDP without its key", WithoutAttribute(OvsKeyAttribute.Udp), null },
            { "unknown key", Attributes.Concat(udp, Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(60, 1))), null },
            { "an attribute twice", Attributes.Concat(udp,
                Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsKeyAttribute.InPort, 1))), null },
            { "mask of L3 without EtherType", udp, Attributes.Build(
                (ref NetlinkWriter writer) => writer.Put(OvsKeyAttribute.Ipv4, [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0])) },
            {
                "mask of L4 without protocol", udp, Attributes.Build((ref NetlinkWriter writer) =>
                {
                    writer.PutU16(OvsKeyAttribute.EtherType, ushort.MaxValue);
                    writer.Put(OvsKeyAttribute.Udp, [255, 255, 0, 0]);
                })
            },
            { "mask of ARP", udp, Attributes.Build((ref NetlinkWriter writer) => writer.PutReserved(OvsKeyAttribute.Arp, 24).Fill(255)) },
            { "truncated key", [12, 0, 4], null },
        };
    }

    [Theory]
    [MemberData(nameof(BadMatches))]
    public void A_match_that_the_kernel_refuses_is_refused(string what, byte[] key, byte[]? mask)
    {
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(key, mask, ActionBytes.Output(2)), NetlinkFlags.Create)
            .ShouldBe(Invalid, what);
        _datapath.Datapath.FlowCount.ShouldBe(0);
    }

    private FlowMessage Get(byte[] key)
    {
        _datapath.Requests.Request(_datapath.Datapath.Families.Flow, OvsCommand.Get, NetlinkFlags.None, TestDatapath.Flow(key, null, null),
            out List<byte[]> answers).ShouldBe(0);
        FlowMessage.TryParse(answers.Single(), out FlowMessage flow).ShouldBe(OdpParseError.None);
        return flow;
    }

    private static UInt128 UfidOf(byte[] message)
    {
        new NetlinkAttributes(message.AsSpan(OvsHeader.AttributesOffset)).TryFindLast(OvsFlowAttribute.Ufid, out NetlinkAttribute ufid)
            .ShouldBeTrue();
        return BinaryPrimitives.ReadUInt128BigEndian(ufid.Payload);
    }
}
