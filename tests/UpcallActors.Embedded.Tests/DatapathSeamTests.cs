using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests;

/// <summary>What it says of itself as any datapath does.</summary>
public sealed class DatapathSeamTests
{
    [Fact]
    public void It_names_its_kind_and_spreads_upcalls_by_flow()
    {
        using IDatapath datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions { Name = "dp7" });
        datapath.FullName.ShouldBe("embedded@dp7");
        datapath.Dispatch.Words().ShouldBe("by flow");
        datapath.StaysWhenClosed.ShouldBeFalse();
        datapath.Lost.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void Upcalls_that_found_a_queue_full_are_lost_by_handler()
    {
        using var small = new TestDatapath(new EmbeddedDatapathOptions { UpcallQueueBytes = 128 << 10, HandlerCount = 2 });
        for (int i = 0; i < 1000; i++)
            small.Datapath.Receive(TestDatapath.PortA, TestFrames.Udp(payload: 1400));
        DatapathLosses losses = small.Datapath.Losses;
        losses.QueueDrops.ShouldBe([small.Source(0).Dropped, small.Source(1).Dropped]);
        losses.QueueDrops.Aggregate((one, other) => one + other).ShouldBeGreaterThan(0ul);
        losses.Unreachable.ShouldBe(0ul);
    }

    [Fact]
    public void One_that_was_deleted_answers_as_a_kernel_does_whose_datapath_is_gone()
    {
        IDatapath datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
        using var client = new DatapathClient(datapath);
        Ask(client, datapath).Error.ShouldBe(Errno.None);
        datapath.SendsUpcallsHere().ShouldBeTrue();

        datapath.Delete();

        Ask(client, datapath).Error.ShouldBe(Errno.NoDevice);
        datapath.SendsUpcallsHere().ShouldBeFalse();
        datapath.Dispose();
    }

    private static NetlinkResult Ask(DatapathClient client, IDatapath datapath)
    {
        NetlinkWriter writer = client.Writer();
        new VportMessage { Command = OvsCommand.Get, DatapathIfIndex = datapath.IfIndex, PortNo = 0 }
            .Write(ref writer, datapath.Families.Vport, NetlinkFlags.Request, 0);
        return client.Ask(writer);
    }
}
