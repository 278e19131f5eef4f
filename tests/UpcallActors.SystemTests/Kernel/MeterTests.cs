using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Kernel;

public sealed class MeterTests
{
    private const int Sent = 20;

    [KernelDatapathFact]
    public async Task A_meter_lets_a_burst_through_and_counts_what_it_drops()
    {
        await using VethPair wire = await VethPair.CreateAsync("kmet");
        using OpenDatapath open = OpenDatapath.Open();
        using var meters = new DatapathMeters(open.Datapath);
        using var batch = new RequestBatch(open.Datapath);
        using IRequestChannel channel = open.Datapath.OpenRequests();
        uint port = open.AddPort(wire.Near);
        uint id = meters.Allocate().ShouldNotBeNull();
        meters.Set(id, countsBits: false, [new MeterBand(1, Rate: 1, Burst: 2, 0, 0)]).ShouldBe(Errno.None);
        long before = wire.FarCounter("rx_packets");

        for (uint request = 0; request < Sent; request++)
            batch.Execute(request, Frames.Numbered(1), inPort: 0, [.. Meter(id), .. Frames.Output(port)]);
        batch.Send(channel).ShouldBe(Errno.None);
        RequestBatch.Errors(channel).ShouldBeEmpty();

        MeterMessage counted = meters.Get(id).ShouldNotBeNull();
        counted.Stats!.Value.Packets.ShouldBe((ulong)Sent);
        ulong dropped = counted.Bands.ShouldHaveSingleItem().Packets;
        dropped.ShouldBeGreaterThan(0ul);
        await Eventually.HoldsAsync(() => wire.FarCounter("rx_packets") - before == Sent - (long)dropped,
            () => $"{wire.FarCounter("rx_packets") - before} of {Sent} frames came out, {dropped} were dropped");
        meters.Delete(id)!.Stats!.Value.Packets.ShouldBe((ulong)Sent);
        meters.Get(id).ShouldBeNull();
    }

    [KernelDatapathFact]
    public void Meters_are_told_apart_by_their_ids()
    {
        using OpenDatapath open = OpenDatapath.Open();
        using var meters = new DatapathMeters(open.Datapath);
        meters.Maximum.ShouldBeGreaterThan(0u, "this kernel's meters work");
        meters.MaximumBands.ShouldBe(1u);

        uint[] ids = [.. Enumerable.Range(0, 3).Select(_ => meters.Allocate().ShouldNotBeNull())];
        foreach (uint id in ids)
            meters.Set(id, countsBits: true, [new MeterBand(1, 100 + id, 10, 0, 0)]).ShouldBe(Errno.None);

        ids.ShouldBe([0u, 1u, 2u]);
        ids.Select(id => meters.Get(id)!.Id!.Value).ShouldBe(ids);
        meters.Get(77).ShouldBeNull();
    }

    private static byte[] Meter(uint id)
    {
        var writer = new NetlinkWriter(new byte[16]);
        OvsActionWriter.Meter(ref writer, id);
        return writer.Written.ToArray();
    }
}
