using UpcallActors.Kernel;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Kernel;

public sealed class UpcallTests
{
    [KernelDatapathFact]
    public async Task Frames_that_match_no_flow_come_up_whole_and_in_order()
    {
        await using VethPair wire = await VethPair.CreateAsync("kup");
        using OpenDatapath open = OpenDatapath.Open();
        using var slots = new MessageSlots(NetlinkSocket.BatchLimit);
        uint port = open.AddPort(wire.Near);
        using IUpcallSource source = open.Datapath.OpenUpcalls(0);
        byte[][] frames = [.. Enumerable.Range(0, 100).Select(number => Frames.Numbered((byte)number))];
        await wire.SendAsync(frames);

        var seen = new List<byte[]>();
        Waiting.Receive(source, slots, frames.Length, slot =>
        {
            slots.IsTruncated(slot).ShouldBeFalse();
            PacketMessage.TryParse(slots.Message(slot), out PacketMessage upcall).ShouldBe(OdpParseError.None);
            upcall.Command.ShouldBe(PacketCommand.Miss);
            Span<byte> message = slots.Message(slot);
            new NetlinkAttributes(message.Slice(upcall.Key.Offset, upcall.Key.Length))
                .TryFindLast(OvsKeyAttribute.InPort, out NetlinkAttribute inPort).ShouldBeTrue();
            inPort.U32.ShouldBe(port);
            seen.Add(message.Slice(upcall.Packet.Offset, upcall.Packet.Length).ToArray());
        });
        seen.Count.ShouldBe(frames.Length);
        for (int index = 0; index < frames.Length; index++)
            seen[index].ShouldBe(frames[index]);
        DatapathLosses losses = open.Datapath.Losses;
        losses.QueueDrops.ShouldBe([0ul]);
        losses.Unreachable.ShouldBe(0ul);
    }

    [KernelDatapathFact]
    public async Task Upcalls_wait_for_the_next_source_when_one_is_closed()
    {
        await using VethPair wire = await VethPair.CreateAsync("kwait");
        using OpenDatapath open = OpenDatapath.Open();
        using var slots = new MessageSlots(4);
        open.AddPort(wire.Near);
        IUpcallSource first = open.Datapath.OpenUpcalls(0);
        uint pid = first.UpcallPid;
        first.Dispose();
        await wire.SendAsync(Frames.Numbered(1));
        first.Descriptor.ShouldBe(-1);
        first.Receive(slots, 0, 4).ShouldBe(0);
        using IUpcallSource second = open.Datapath.OpenUpcalls(0);
        second.UpcallPid.ShouldBe(pid);
        Waiting.Receive(second, slots, 1).ShouldBe(1);
    }

    [KernelDatapathFact]
    public void A_closed_datapath_gives_no_upcalls_and_takes_no_requests()
    {
        OpenDatapath open = OpenDatapath.Open();
        using var slots = new MessageSlots(1);
        using IUpcallSource source = open.Datapath.OpenUpcalls(0);
        open.Dispose();
        source.Descriptor.ShouldBe(-1);
        source.Receive(slots, 0, 1).ShouldBe(0);
        open.Datapath.CheckUpcalls();
        open.Datapath.Dispose();
    }

    [KernelDatapathFact]
    public async Task By_vport_every_port_has_as_many_handlers_as_there_are_cpus_and_flows_are_spread_over_them()
    {
        await using VethPair wire = await VethPair.CreateAsync("kspread");
        using OpenDatapath open = OpenDatapath.Open(new KernelDatapathOptions { HandlerCount = 2, ForcePerVportDispatch = true });
        using var slots = new MessageSlots(NetlinkSocket.BatchLimit);
        open.Datapath.Features.HasFlag(OvsDatapathFeatures.VportPids).ShouldBeTrue();
        uint port = open.AddPort(wire.Near);
        using IUpcallSource first = open.Datapath.OpenUpcalls(0);
        using IUpcallSource second = open.Datapath.OpenUpcalls(1);
        bool hasOneCpu = CpuList.PossibleCount() == 1;
        open.Datapath.UpcallPids.ShouldBe(hasOneCpu ? [first.UpcallPid] : [first.UpcallPid, second.UpcallPid]);
        open.Ports().ShouldAllBe(vport => vport.UpcallPids!.SequenceEqual(open.Datapath.UpcallPids));
        open.Datapath.UserspacePid(port).ShouldBe(port % 2 == 0 ? first.UpcallPid : second.UpcallPid);

        // Which handler a flow has is a matter of a hash with a secret; that 200 flows all have the same happens once in 2^199 runs.
        await wire.SendAsync([.. Enumerable.Range(1000, 200).Select(sourcePort => Frames.Udp((ushort)sourcePort))]);
        int atFirst = 0;
        int atSecond = 0;
        await Eventually.HoldsAsync(
            () =>
            {
                atFirst += first.Receive(slots, 0, slots.Count);
                atSecond += second.Receive(slots, 0, slots.Count);
                return atFirst + atSecond == 200;
            },
            () => $"{atFirst} + {atSecond} of 200 came");
        atFirst.ShouldBeInRange(1, hasOneCpu ? 200 : 199);
    }

    [KernelDatapathFact]
    public async Task By_vport_ports_that_an_earlier_run_left_send_their_upcalls_to_the_new_handlers()
    {
        await using VethPair wire = await VethPair.CreateAsync("kleft");
        using OpenDatapath open = OpenDatapath.Open(new KernelDatapathOptions { ForcePerVportDispatch = true });
        open.AddPort(wire.Near);
        string name = open.Datapath.Name;
        using var next =
            KernelDatapath.Open(new KernelDatapathOptions { Name = name, HandlerCount = 3, ForcePerVportDispatch = true, TakeOver = true });
        open.Ports().Count.ShouldBe(2);
        open.Ports().ShouldAllBe(vport => vport.UpcallPids!.SequenceEqual(next.UpcallPids));
    }

    [KernelDatapathFact]
    public void An_action_comes_up_at_the_handler_that_flows_of_the_port_name()
    {
        using OpenDatapath open = OpenDatapath.Open(new KernelDatapathOptions { HandlerCount = 2, ForcePerVportDispatch = true });
        using var slots = new MessageSlots(4);
        using var batch = new RequestBatch(open.Datapath);
        using IRequestChannel channel = open.Datapath.OpenRequests();
        batch.Execute(1, Frames.Numbered(1), inPort: 0, Frames.Userspace(open.Datapath.UserspacePid(1), number: 7));
        batch.Send(channel).ShouldBe(Errno.None);
        RequestBatch.Errors(channel).ShouldBeEmpty();
        using IUpcallSource source = open.Datapath.OpenUpcalls(1);
        source.Receive(slots, 0, 4).ShouldBe(1);
        PacketMessage.TryParse(slots.Message(0), out PacketMessage upcall).ShouldBe(OdpParseError.None);
        upcall.Command.ShouldBe(PacketCommand.Action);
        slots.Message(0).Slice(upcall.UserData.Offset, upcall.UserData.Length).ToArray().ShouldBe([7]);
    }

    [KernelDatapathFact]
    public void The_largest_upcall_comes_up_whole()
    {
        const int Largest = 65_531;
        using OpenDatapath open = OpenDatapath.Open();
        using var slots = new MessageSlots(1);
        using var batch = new RequestBatch(open.Datapath);
        using IRequestChannel channel = open.Datapath.OpenRequests();
        using IUpcallSource source = open.Datapath.OpenUpcalls(0);
        byte[] packet = new byte[Largest];
        Frames.Numbered(1).CopyTo(packet, 0);
        batch.Execute(1, packet, inPort: 0, Frames.Userspace(open.Datapath.UserspacePid(0)));
        batch.Send(channel).ShouldBe(Errno.None);
        source.Receive(slots, 0, 1).ShouldBe(1);
        slots.IsTruncated(0).ShouldBeFalse();
        PacketMessage.TryParse(slots.Message(0), out PacketMessage upcall).ShouldBe(OdpParseError.None);
        upcall.Packet.Length.ShouldBe(Largest);
    }

    [KernelDatapathFact]
    public void Receiving_and_sending_allocate_nothing()
    {
        using OpenDatapath open = OpenDatapath.Open();
        using var slots = new MessageSlots(NetlinkSocket.BatchLimit);
        using var region = new NativeRegion(1 << 20);
        using IRequestChannel channel = open.Datapath.OpenRequests();
        using IUpcallSource source = open.Datapath.OpenUpcalls(0);
        var vector = new SendVector(NetlinkSocket.BatchLimit);
        AppendExecutes(open.Datapath, region, vector);
        byte[] answer = new byte[4096];
        for (int warming = 0; warming < 50; warming++)
            RoundTrip(channel, vector, source, slots, answer);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int received = 0;
        for (int round = 0; round < 500; round++)
            received += RoundTrip(channel, vector, source, slots, answer);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        received.ShouldBe(500 * NetlinkSocket.BatchLimit);
        allocated.ShouldBe(0);
    }

    private static int RoundTrip(IRequestChannel channel, SendVector vector, IUpcallSource source, MessageSlots slots, byte[] answer)
    {
        Errno error = channel.Send(vector);
        int answered = channel.Receive(answer);
        return error == Errno.None && answered == 0 ? source.Receive(slots, 0, slots.Count) : 0;
    }

    /// <summary>EXECUTEs that come straight back up, one piece each.</summary>
    private static void AppendExecutes(KernelDatapath datapath, NativeRegion region, SendVector vector)
    {
        int offset = 0;
        for (uint number = 0; number < NetlinkSocket.BatchLimit; number++)
        {
            var writer = new NetlinkWriter(region.Slice(offset, 1024));
            int start = OvsHeader.Begin(ref writer, datapath.Families.Packet, NetlinkFlags.Request, number, (byte)PacketCommand.Execute,
                OvsFamilyVersion.Packet, datapath.IfIndex);
            writer.Put(OvsPacketAttribute.Packet, Frames.Numbered((byte)number));
            writer.Put(OvsPacketAttribute.Key, []);
            writer.Put(OvsPacketAttribute.Actions, Frames.Userspace(datapath.UserspacePid(0)));
            writer.EndMessage(start);
            vector.Append(region, offset, writer.Length);
            offset += 1024;
        }
    }
}
