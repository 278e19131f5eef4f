using System.Globalization;
using UpcallActors.Kernel;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Kernel;

public sealed class LossTests
{
    [KernelDatapathFact]
    public void What_a_full_queue_drops_is_counted_as_that_and_as_nothing_else()
    {
        const uint Sent = 2000;
        using OpenDatapath open = OpenDatapath.Open(new KernelDatapathOptions { ReceiveBufferBytes = 64 * 1024 });
        using IUpcallSource source = open.Datapath.OpenUpcalls(0);
        SendUpcalls(open.Datapath, Sent);

        DatapathLosses losses = open.Datapath.Losses;
        ulong drops = losses.QueueDrops.ShouldHaveSingleItem();
        drops.ShouldBeInRange(1ul, Sent - 1);
        losses.Unreachable.ShouldBe(0ul);
        source.Dropped.ShouldBe(drops);
        ProcDrops(source.UpcallPid).ShouldBe(drops);
        open.Datapath.ReadStats().Lost.ShouldBe(drops);
        ((ulong)Drain(source) + drops).ShouldBe(Sent);

        // Not deaf behind the overflow.
        SendUpcalls(open.Datapath, 1);
        Drain(source).ShouldBe(1);
        open.Datapath.CheckUpcalls();
        open.Datapath.Losses.Registrations.ShouldBe(0);
    }

    [KernelDatapathFact]
    public void A_source_learns_of_drops_when_it_meets_a_long_queue()
    {
        using OpenDatapath open = OpenDatapath.Open(new KernelDatapathOptions { ReceiveBufferBytes = 256 * 1024 });
        using IUpcallSource source = open.Datapath.OpenUpcalls(0);
        using var slots = new MessageSlots(NetlinkSocket.BatchLimit);
        SendUpcalls(open.Datapath, 3000);
        source.Receive(slots, 0, slots.Count).ShouldBe(NetlinkSocket.BatchLimit);
        source.Dropped.ShouldBeGreaterThan(0ul);
    }

    [KernelDatapathFact]
    public async Task Upcalls_that_another_process_has_turned_away_are_noticed_and_brought_back()
    {
        await using VethPair wire = await VethPair.CreateAsync("kdog");
        using OpenDatapath open = OpenDatapath.Open();
        using IUpcallSource source = open.Datapath.OpenUpcalls(0);
        using var slots = new MessageSlots(NetlinkSocket.BatchLimit);
        open.AddPort(wire.Near);
        open.Datapath.SendsUpcallsHere().ShouldBeTrue();
        await OtherProcess.SetPidAsync(open.Datapath.Name, 0xfffff000);
        open.Report().PerCpuPids[0].ShouldBe(0xfffff000);
        open.Datapath.SendsUpcallsHere().ShouldBeFalse();

        // The datapath's own timer notices.
        await wire.SendAsync(Frames.Numbered(1), Frames.Numbered(2), Frames.Numbered(3));
        await Eventually.HoldsAsync(() => open.Datapath.Losses.Registrations > 0, () => $"{open.Datapath.Losses}");
        open.Datapath.Losses.Unreachable.ShouldBe(3ul);
        open.Datapath.Losses.QueueDrops.ShouldBe([0ul]);
        open.Report().UserFeatures.ShouldBe(open.Datapath.Features);
        open.Report().PerCpuPids.ShouldAllBe(pid => pid == source.UpcallPid);
        open.Datapath.SendsUpcallsHere().ShouldBeTrue();
        await wire.SendAsync(Frames.Numbered(4));
        Waiting.Receive(source, slots, 1, slot => slots.Message(slot)[^46].ShouldBe((byte)4)).ShouldBe(1);
    }

    [KernelDatapathFact]
    public void Where_ports_choose_the_handler_they_tell_whether_upcalls_come_here()
    {
        using OpenDatapath open = OpenDatapath.Open(new KernelDatapathOptions { ForcePerVportDispatch = true });
        open.Datapath.SendsUpcallsHere().ShouldBeTrue();
        open.Datapath.Delete();
        open.Datapath.SendsUpcallsHere().ShouldBeFalse();
    }

    [KernelDatapathFact]
    public async Task Where_the_kernel_counts_failures_by_port_they_are_told()
    {
        await using VethPair wire = await VethPair.CreateAsync("kfail");
        using OpenDatapath open = OpenDatapath.Open(new KernelDatapathOptions { ReceiveBufferBytes = 16 * 1024 });
        uint port = open.AddPort(wire.Near);
        await wire.SendAsync([.. Enumerable.Range(0, 100).Select(number => Frames.Numbered((byte)number))], times: 3);
        await Eventually.HoldsAsync(() => open.Datapath.ReadStats().Missed == 300, () => $"{open.Datapath.ReadStats()}");
        DatapathLosses losses = open.Datapath.Losses;
        losses.QueueDrops[0].ShouldBeGreaterThan(0ul);
        if (open.Ports().Any(vport => vport.UpcallStats is not null))
            losses.VportFailures[port].ShouldBe(losses.QueueDrops[0]);
        else
            losses.VportFailures.ShouldBeEmpty();
    }

    [KernelDatapathFact]
    public async Task What_was_lost_before_us_is_not_ours()
    {
        await using VethPair wire = await VethPair.CreateAsync("kold");
        using OpenDatapath open = OpenDatapath.Open();
        open.AddPort(wire.Near);
        await OtherProcess.SetPidAsync(open.Datapath.Name, 0xfffff000);
        await wire.SendAsync(Frames.Numbered(1));
        await Eventually.HoldsAsync(() => open.Datapath.ReadStats().Lost == 1, () => "nothing was lost");
        using var next = KernelDatapath.Open(new KernelDatapathOptions { Name = open.Datapath.Name, TakeOver = true });
        next.Losses.Unreachable.ShouldBe(0ul);
    }

    /// <summary>EXECUTEs whose only action is to come up again.</summary>
    private static void SendUpcalls(KernelDatapath datapath, uint count)
    {
        using var batch = new RequestBatch(datapath);
        using IRequestChannel channel = datapath.OpenRequests();
        for (uint number = 0; number < count; number++)
            batch.Execute(number, Frames.Numbered((byte)number), inPort: 0, Frames.Userspace(datapath.UserspacePid(0)));
        batch.Send(channel).ShouldBe(Errno.None);
    }

    private static int Drain(IUpcallSource source)
    {
        using var slots = new MessageSlots(NetlinkSocket.BatchLimit);
        int all = 0;
        int some;
        while ((some = source.Receive(slots, 0, slots.Count)) > 0)
            all += some;
        return all;
    }

    private static ulong ProcDrops(uint portId)
    {
        string line = File.ReadLines("/proc/net/netlink")
            .Single(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, "16", var pid, ..] && pid == $"{portId}");
        return ulong.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[8], CultureInfo.InvariantCulture);
    }
}
