using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Kernel;

public sealed class RequestTests
{
    [KernelDatapathFact]
    public async Task A_put_that_is_refused_does_not_stop_the_execute_beside_it_and_is_told_by_its_number()
    {
        await using VethPair wire = await VethPair.CreateAsync("kerr");
        using OpenDatapath open = OpenDatapath.Open();
        using var batch = new RequestBatch(open.Datapath);
        using IRequestChannel channel = open.Datapath.OpenRequests();
        uint port = open.AddPort(wire.Near);
        byte[] frame = Frames.Numbered(1);
        long before = wire.FarCounter("rx_packets");

        batch.Put(11, Frames.Key(port), Frames.Output(port));
        batch.Execute(12, frame, inPort: 0, Frames.Output(port));
        batch.Put(13, Frames.Key(port), Frames.Output(port));
        batch.Execute(14, frame, inPort: 0, Frames.Output(port));
        batch.Put(15, Frames.Key(port, source: 9), [8, 0, 99, 0, 0, 0, 0, 0]);
        batch.Execute(16, frame, inPort: 0, Frames.Output(port));
        batch.Execute(17, [1, 2, 3], inPort: 0, Frames.Output(port));
        batch.Execute(18, frame, inPort: 0, Frames.Output(port));
        batch.Send(channel).ShouldBe(Errno.None);

        Dictionary<uint, Errno> errors = RequestBatch.Errors(channel);
        errors.Keys.Order().ToArray().ShouldBe([13u, 15, 17]);
        errors[13].ShouldBe(Errno.Exists);
        errors[15].ShouldBe(Errno.Invalid);
        await Eventually.HoldsAsync(() => wire.FarCounter("rx_packets") == before + 4,
            () => $"{wire.FarCounter("rx_packets") - before} of 4 frames came out");
        open.Datapath.ReadStats().Flows.ShouldBe(1u);
    }

    [KernelDatapathFact]
    public async Task A_packet_over_the_mtu_comes_out_in_fragments_of_its_mru_and_without_mru_not_at_all()
    {
        await using VethPair wire = await VethPair.CreateAsync("kmru");
        using OpenDatapath open = OpenDatapath.Open();
        using var batch = new RequestBatch(open.Datapath);
        using IRequestChannel channel = open.Datapath.OpenRequests();
        uint port = open.AddPort(wire.Near);
        long packets = wire.FarCounter("rx_packets");
        long bytes = wire.FarCounter("rx_bytes");

        // 3,008 bytes of IP: 1,400 and twice less, for the mru, not the MTU of 1,500, says how long a fragment is.
        byte[] packet = Frames.Udp(1, payload: 2980);
        batch.Execute(1, packet, inPort: 0, Frames.Output(port));
        batch.Execute(2, packet, inPort: 0, Frames.Output(port), mru: 1400);
        batch.Send(channel).ShouldBe(Errno.None);
        RequestBatch.Errors(channel).ShouldBeEmpty();

        const int FirstFragments = 1396 + 14;
        const int LastFragment = 14 + 20 + (2988 - (2 * 1376));
        await Eventually.HoldsAsync(() => wire.FarCounter("rx_packets") - packets == 3,
            () => $"{wire.FarCounter("rx_packets") - packets} of 3 fragments came out");
        (wire.FarCounter("rx_bytes") - bytes).ShouldBe((2 * FirstFragments) + LastFragment);
    }

    [KernelDatapathFact]
    public void A_dump_comes_part_by_part_through_the_channel_it_was_asked_for_on()
    {
        const int Flows = 1000;
        using OpenDatapath open = OpenDatapath.Open();
        using var batch = new RequestBatch(open.Datapath);
        using IRequestChannel channel = open.Datapath.OpenRequests();
        for (uint flow = 0; flow < Flows; flow++)
            batch.Put(flow, Frames.Key(inPort: flow), Frames.Output(0));
        batch.Length.ShouldBeLessThan(channel.SendLimit);
        batch.Send(channel).ShouldBe(Errno.None);
        RequestBatch.Errors(channel).ShouldBeEmpty();

        batch.Clear();
        batch.DumpFlows(4711);
        batch.Send(channel).ShouldBe(Errno.None);
        int flows = 0;
        bool isDone = false;
        RequestBatch.Answers(channel, message =>
        {
            message.Sequence.ShouldBe(4711u);
            isDone.ShouldBeFalse();
            isDone = message.Type == NetlinkControlType.Done;
            flows += isDone ? 0 : 1;
        });
        isDone.ShouldBeTrue();
        flows.ShouldBe(Flows);
    }

    [KernelDatapathFact]
    public void A_send_takes_as_much_as_its_limit_says_and_refuses_more()
    {
        using OpenDatapath open = OpenDatapath.Open();
        using IRequestChannel channel = open.Datapath.OpenRequests();
        channel.SendLimit.ShouldBeGreaterThanOrEqualTo(4 << 20);
        using var region = new NativeRegion(channel.SendLimit + 1);
        var vector = new SendVector(1);
        vector.Append(region, 0, channel.SendLimit + 1);
        channel.Send(vector).ShouldBe(Errno.MessageSize);
    }

    [KernelDatapathFact]
    public void Requests_to_a_datapath_that_is_gone_are_answered_by_enodev()
    {
        OpenDatapath open = OpenDatapath.Open();
        using var batch = new RequestBatch(open.Datapath);
        using IRequestChannel channel = open.Datapath.OpenRequests();
        open.Dispose();
        batch.Put(5, Frames.Key(1), Frames.Output(0));
        batch.Send(channel).ShouldBe(Errno.None);
        RequestBatch.Errors(channel)[5].ShouldBe(Errno.NoDevice);
        Should.Throw<DatapathException>(() => open.Datapath.ReadStats());
    }
}
