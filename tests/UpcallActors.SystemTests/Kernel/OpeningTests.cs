using System.Diagnostics;
using UpcallActors.Kernel;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Kernel;

public sealed class OpeningTests
{
    [KernelDatapathFact]
    public void The_kernel_is_available() => KernelAvailability.Find().ShouldBe(new KernelAvailability(true, string.Empty));

    [KernelDatapathFact]
    public void A_datapath_that_is_not_there_is_made_with_the_features_agreed_on()
    {
        using OpenDatapath open = OpenDatapath.Open();
        DatapathMessage report = open.Report();
        report.IfIndex.ShouldBe(open.Datapath.IfIndex);
        report.UserFeatures.ShouldBe(open.Datapath.Features);
        open.Datapath.Features.HasFlag(OvsDatapathFeatures.Unaligned).ShouldBeTrue();
        open.Datapath.ReceiveBuffer.ShouldBeGreaterThanOrEqualTo(4 << 20);
    }

    [KernelDatapathFact]
    public void By_cpu_every_cpu_has_one_of_the_handlers_and_vports_have_none()
    {
        using OpenDatapath open = OpenDatapath.Open(new KernelDatapathOptions { HandlerCount = 3 });
        open.Datapath.Features.HasFlag(OvsDatapathFeatures.DispatchUpcallPerCpu).ShouldBeTrue();
        uint[] handlers = [.. Enumerable.Range(0, 3).Select(handler => open.Datapath.OpenUpcalls(handler).UpcallPid)];
        handlers.Distinct().Count().ShouldBe(3);
        IReadOnlyList<uint> pids = open.Report().PerCpuPids;
        pids.Count.ShouldBe(CpuList.PossibleCount());
        for (int cpu = 0; cpu < pids.Count; cpu++)
            pids[cpu].ShouldBe(handlers[cpu % 3]);
        open.Datapath.UpcallPids.ShouldBe([0u]);
        open.Datapath.UserspacePid(1).ShouldBe(uint.MaxValue);
    }

    [KernelDatapathFact]
    public void The_datapath_stays_when_it_is_closed_and_can_be_opened_again()
    {
        string name = OpenDatapath.NewName();
        int ifIndex;
        using (var first = KernelDatapath.Open(new KernelDatapathOptions { Name = name }))
            ifIndex = first.IfIndex;
        OpenDatapath.Find(name).ShouldNotBeNull().IfIndex.ShouldBe(ifIndex);
        using var second = KernelDatapath.Open(new KernelDatapathOptions { Name = name });
        second.IfIndex.ShouldBe(ifIndex);
        OpenDatapath.Find(name)!.PerCpuPids.ShouldAllBe(pid => pid == second.OpenUpcalls(0).UpcallPid);
        second.Delete();
        OpenDatapath.Find(name).ShouldBeNull();
        Should.Throw<DatapathException>(second.Delete).Message.ShouldContain(name);
    }

    [KernelDatapathFact]
    public void One_whose_upcalls_go_to_a_live_process_is_refused_unchanged_with_the_processs_name()
    {
        using OpenDatapath open = OpenDatapath.Open();
        DatapathMessage before = open.Report();
        DatapathException refused = Should.Throw<DatapathException>(
            () => KernelDatapath.Open(new KernelDatapathOptions { Name = open.Datapath.Name, HandlerCount = 2 }));
        refused.Message.ShouldContain($"{Environment.ProcessId}");
        refused.Message.ShouldContain(File.ReadAllText("/proc/self/comm").Trim());
        DatapathMessage after = open.Report();
        after.PerCpuPids.ShouldBe(before.PerCpuPids);
        after.UserFeatures.ShouldBe(before.UserFeatures);
    }

    [KernelDatapathFact]
    public void So_is_one_with_dispatch_by_vport()
    {
        using OpenDatapath open = OpenDatapath.Open(new KernelDatapathOptions { ForcePerVportDispatch = true });
        Should.Throw<DatapathException>(() => KernelDatapath.Open(new KernelDatapathOptions { Name = open.Datapath.Name })).Message
            .ShouldContain("in use");
    }

    [KernelDatapathFact]
    public async Task Another_process_is_named_and_when_it_has_ended_the_datapath_is_free()
    {
        string name = OpenDatapath.NewName();
        KernelDatapath.Open(new KernelDatapathOptions { Name = name }).Dispose();
        using (Process holder = await OtherProcess.HoldAsync(name))
        {
            DatapathException refused =
                Should.Throw<DatapathException>(() => KernelDatapath.Open(new KernelDatapathOptions { Name = name }));
            refused.Message.ShouldContain($"process {holder.Id} (python3");
            holder.Kill();
            await holder.WaitForExitAsync();
        }

        using var free = KernelDatapath.Open(new KernelDatapathOptions { Name = name });
        free.Delete();
    }

    [KernelDatapathFact]
    public async Task A_live_process_loses_the_datapath_to_one_that_takes_it_over()
    {
        string name = OpenDatapath.NewName();
        KernelDatapath.Open(new KernelDatapathOptions { Name = name }).Dispose();
        using Process holder = await OtherProcess.HoldAsync(name);
        using var taken = KernelDatapath.Open(new KernelDatapathOptions { Name = name, TakeOver = true });
        OpenDatapath.Find(name)!.PerCpuPids.ShouldAllBe(pid => pid == taken.OpenUpcalls(0).UpcallPid);
        taken.Delete();
        holder.Kill();
        await holder.WaitForExitAsync();
    }

    [KernelDatapathFact]
    public async Task Who_has_lost_its_datapath_to_a_live_process_knows_it_and_leaves_it_alone()
    {
        await using VethPair wire = await VethPair.CreateAsync("ktaken");
        using OpenDatapath open = OpenDatapath.Open();
        open.AddPort(wire.Near);
        open.Datapath.Lost.IsCompleted.ShouldBeFalse();
        using Process holder = await OtherProcess.HoldAsync(open.Datapath.Name);
        uint theirs = open.Report().PerCpuPids[0];

        // More than fits the other's queue: upcalls are lost, and by none of our sockets.
        byte[] large = new byte[1500];
        Frames.Numbered(1).CopyTo(large, 0);
        for (int round = 0; round < 100 && open.Datapath.ReadStats().Lost == 0; round++)
            await wire.SendAsync([large], times: 1000);
        open.Datapath.ReadStats().Lost.ShouldBeGreaterThan(0ul);
        open.Datapath.CheckUpcalls();
        (await Should.ThrowAsync<DatapathException>(open.Datapath.Lost)).Message.ShouldContain($"process {holder.Id} (");
        open.Datapath.Losses.Registrations.ShouldBe(0);
        open.Report().PerCpuPids[0].ShouldBe(theirs);

        Should.Throw<DatapathException>(open.Datapath.Delete).Message.ShouldContain($"{holder.Id}");
        OpenDatapath.Find(open.Datapath.Name).ShouldNotBeNull();
        holder.Kill();
        await holder.WaitForExitAsync();
        open.Datapath.ThrowIfLost();
    }

    [KernelDatapathFact]
    public async Task Who_has_lost_its_datapath_because_it_was_deleted_knows_it()
    {
        using OpenDatapath open = OpenDatapath.Open();
        open.Datapath.ThrowIfLost();
        await Command.RunAsync("ovs-dpctl", "del-dp", $"system@{open.Datapath.Name}");
        await ShouldBeLostAsync(open.Datapath);
    }

    [KernelDatapathFact]
    public async Task A_datapath_of_the_same_name_that_was_made_since_is_another_one()
    {
        using OpenDatapath open = OpenDatapath.Open();
        string name = open.Datapath.Name;
        await Command.RunAsync("ovs-dpctl", "del-dp", $"system@{name}");
        await Command.RunAsync("ovs-dpctl", "add-dp", $"system@{name}");
        await ShouldBeLostAsync(open.Datapath);
        Should.Throw<DatapathException>(open.Datapath.Delete);
        await Command.RunAsync("ovs-dpctl", "del-dp", $"system@{name}");
    }

    [KernelDatapathFact]
    public void A_name_that_another_device_has_is_refused_with_the_kernels_reason()
    {
        DatapathException refused = Should.Throw<DatapathException>(() => KernelDatapath.Open(new KernelDatapathOptions { Name = "lo" }));
        refused.Message.ShouldContain("lo");
        refused.Error.ShouldBeOneOf(Errno.Exists, Errno.Busy);
    }

    [KernelDatapathFact]
    public void Probing_leaves_no_flow_and_finds_what_every_kernel_has_that_we_run_on()
    {
        using OpenDatapath open = OpenDatapath.Open();
        open.Datapath.ReadStats().Flows.ShouldBe(0u);
        DatapathSupport support = open.Datapath.Support;
        support.CheckPktLen.ShouldBeTrue();
        support.Recirc.ShouldBeTrue();
        support.Ufid.ShouldBeTrue();
        support.MaskedSet.ShouldBeTrue();
        support.CtState.ShouldBeTrue();
        support.CtZone.ShouldBeTrue();
        support.CtMark.ShouldBeTrue();
        support.CtLabel.ShouldBeTrue();
        support.CtStateNat.ShouldBeTrue();
        support.CtOrigTuple.ShouldBeTrue();
        support.CtOrigTuple6.ShouldBeTrue();
        support.CtClear.ShouldBeTrue();
        support.CtEventMask.ShouldBeTrue();
        support.CtTimeout.ShouldBeTrue();
        support.Trunc.ShouldBeTrue();
        support.CloneAction.ShouldBeTrue();
        support.AddMpls.ShouldBeTrue();
        support.MaxVlanHeaders.ShouldBe(2);
        support.MaxMplsDepth.ShouldBe(3);
        support.SampleNesting.ShouldBe(10);
        support.MaxMeters.ShouldBeGreaterThan(0u);
    }

    /// <summary>The datapath's own watch notices.</summary>
    private static async Task ShouldBeLostAsync(KernelDatapath datapath)
    {
        string said = $"datapath {datapath.Name} has been deleted";
        (await Should.ThrowAsync<DatapathException>(datapath.Lost.WaitAsync(Eventually.Limit))).Message.ShouldBe(said);
        Should.Throw<DatapathException>(datapath.ThrowIfLost).Message.ShouldBe(said);
    }
}
