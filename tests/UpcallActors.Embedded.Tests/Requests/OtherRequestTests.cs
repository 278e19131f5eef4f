using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Requests;

/// <summary>Datapath, vport and meter requests, and sends that are no whole messages.</summary>
public sealed class OtherRequestTests : IDisposable
{
    private readonly TestDatapath _datapath = new();

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public void The_datapath_tells_its_name_and_statistics()
    {
        _datapath.Datapath.Receive(1, TestFrames.Udp());
        byte[] name = Attributes.Build((ref NetlinkWriter writer) => writer.PutString(OvsDatapathAttribute.Name, "ovs-system"));
        _datapath.Requests.Request(_datapath.Datapath.Families.Datapath, OvsCommand.Get, NetlinkFlags.None, name, out List<byte[]> answers)
            .ShouldBe(0);

        var attributes = new NetlinkAttributes(answers.Single().AsSpan(OvsHeader.AttributesOffset));
        attributes.TryFindLast(OvsDatapathAttribute.Stats, out NetlinkAttribute stats).ShouldBeTrue();
        attributes.TryFindLast(OvsDatapathAttribute.MegaflowStats, out NetlinkAttribute megaflow).ShouldBeTrue();
        DatapathStats.Read(stats.Payload, megaflow.Payload).Missed.ShouldBe(1UL);
    }

    [Fact]
    public void Features_not_known_are_refused_and_nothing_else_is_changed()
    {
        ushort family = _datapath.Datapath.Families.Datapath;
        byte[] all = Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsDatapathAttribute.UserFeatures, uint.MaxValue));
        _datapath.Requests.Request(family, OvsCommand.Set, all).ShouldBe(95);
        byte[] usual = Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsDatapathAttribute.UserFeatures, 9));
        _datapath.Requests.Request(family, OvsCommand.Set, usual).ShouldBe(0);
    }

    [Fact]
    public void Ports_are_dumped_found_made_and_deleted()
    {
        ushort family = _datapath.Datapath.Families.Vport;
        _datapath.Requests.Request(family, OvsCommand.Get, NetlinkFlags.Dump, [], out List<byte[]> dump).ShouldBe(0);
        dump.Count.ShouldBe(5);

        byte[] name = Attributes.Build((ref NetlinkWriter writer) => writer.PutString(OvsVportAttribute.Name, "new0"));
        byte[] request = Attributes.Concat(name, Attributes.Build((ref NetlinkWriter writer) =>
        {
            writer.PutU32(OvsVportAttribute.Type, (uint)OvsVportType.Internal);
            writer.PutU32(OvsVportAttribute.UpcallPid, 0);
        }));
        _datapath.Requests.Request(family, OvsCommand.New, request).ShouldBe(0);
        _datapath.Requests.Request(family, OvsCommand.New, request).ShouldBe(17);
        _datapath.Requests.Request(family, OvsCommand.Get, NetlinkFlags.None, name, out List<byte[]> found).ShouldBe(0);
        new NetlinkAttributes(found.Single().AsSpan(OvsHeader.AttributesOffset))
            .TryFindLast(OvsVportAttribute.PortNo, out NetlinkAttribute number).ShouldBeTrue();
        number.U32.ShouldBe(4u);
        _datapath.Requests.Request(family, OvsCommand.Delete, name).ShouldBe(0);
        _datapath.Requests.Request(family, OvsCommand.Get, name).ShouldBe(19);
    }

    [Fact]
    public void Port_statistics_count_what_went_in_and_out()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.PutFlow(frame, ActionBytes.Output(2));
        _datapath.Datapath.Receive(1, frame);
        VportStats a = StatsOf(1);
        VportStats b = StatsOf(2);

        (a.RxPackets, a.RxBytes, a.TxPackets).ShouldBe((1UL, (ulong)frame.Length, 0UL));
        (b.TxPackets, b.TxBytes, b.RxPackets).ShouldBe((1UL, (ulong)frame.Length, 0UL));
    }

    [Fact]
    public void A_meter_lets_its_burst_through_and_then_its_rate()
    {
        SetMeter(id: 7, rate: 2, burst: 3).ShouldBe(0);
        byte[] actions = Attributes.Concat(ActionBytes.Meter(7), ActionBytes.Output(2));
        for (int packet = 0; packet < 10; packet++)
            _datapath.Execute(TestFrames.Udp(), actions).ShouldBe(0);
        _datapath.B.Frames.Count.ShouldBe(3);
        _datapath.Counters.Dropped(DropReason.Meter).ShouldBe(7);

        _datapath.Datapath.Clock.Set(1_000_000);
        for (int packet = 0; packet < 10; packet++)
            _datapath.Execute(TestFrames.Udp(), actions).ShouldBe(0);
        _datapath.B.Frames.Count.ShouldBe(5);
    }

    [Fact]
    public void A_meter_that_is_not_there_drops_nothing_and_one_without_rate_is_refused()
    {
        _datapath.Execute(TestFrames.Udp(), Attributes.Concat(ActionBytes.Meter(1), ActionBytes.Output(2))).ShouldBe(0);
        _datapath.B.Frames.Count.ShouldBe(1);
        SetMeter(id: 1, rate: 0, burst: 1).ShouldBe(22);
        byte[] id = Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsMeterAttribute.Id, 1));
        _datapath.Requests.Request(_datapath.Datapath.Families.Meter, OvsMeterCommand.Get, id).ShouldBe(2);
    }

    [Fact]
    public void Requests_of_a_family_that_is_not_known_are_refused()
    {
        _datapath.Requests.Request(99, 1, []).ShouldBe(2);
    }

    [Fact]
    public void A_length_that_cannot_be_makes_the_rest_of_the_send_go_unheard()
    {
        var writer = new NetlinkWriter(new byte[256]);
        int first = OvsHeader.Begin(ref writer, _datapath.Datapath.Families.Datapath, NetlinkFlags.Request, 1, OvsCommand.Get, 2, 1);
        writer.EndMessage(first);
        int second = OvsHeader.Begin(ref writer, _datapath.Datapath.Families.Datapath, NetlinkFlags.Request, 2, OvsCommand.Get, 2, 1);
        writer.EndMessage(second);
        _datapath.Requests.Send(writer.Written).Count.ShouldBe(2);
        writer.Written[second] = 200;
        _datapath.Requests.Send(writer.Written).Count.ShouldBe(1);
        writer.Written[first] = 3;
        _datapath.Requests.Send(writer.Written).ShouldBeEmpty();
    }

    private VportStats StatsOf(uint port)
    {
        byte[] number = Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsVportAttribute.PortNo, port));
        _datapath.Requests.Request(_datapath.Datapath.Families.Vport, OvsCommand.Get, NetlinkFlags.None, number, out List<byte[]> answers)
            .ShouldBe(0);
        new NetlinkAttributes(answers.Single().AsSpan(OvsHeader.AttributesOffset))
            .TryFindLast(OvsVportAttribute.Stats, out NetlinkAttribute stats).ShouldBeTrue();
        return VportStats.Read(stats.Payload);
    }

    private int SetMeter(uint id, uint rate, uint burst) =>
        _datapath.Requests.Request(_datapath.Datapath.Families.Meter, OvsMeterCommand.Set, Attributes.Build((ref NetlinkWriter writer) =>
    {
        writer.PutU32(OvsMeterAttribute.Id, id);
        int bands = writer.BeginNest(OvsMeterAttribute.Bands);
        int band = writer.BeginNest(0);
        writer.PutU32(OvsBandAttribute.Type, 1);
        writer.PutU32(OvsBandAttribute.Rate, rate);
        writer.PutU32(OvsBandAttribute.Burst, burst);
        writer.EndNest(band);
        writer.EndNest(bands);
    }));
}
