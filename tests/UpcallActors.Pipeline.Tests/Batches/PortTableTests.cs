namespace UpcallActors.Pipeline.Tests;

public sealed class PortTableTests
{
    [Fact]
    public void A_batch_that_goes_back_takes_its_upcalls_off_their_ports_and_leaves_those_without_any_inactive()
    {
        var ports = new PortTable();
        var pool = new BatchPool(2, 4, ports, new LaneCounters());
        pool.TryRent(out UpcallBatch? batch).ShouldBeTrue();
        short busy = ports.EntryOf(1);
        short quiet = ports.EntryOf(2);
        short[] arrivals = [busy, quiet, busy];
        foreach (short port in arrivals)
        {
            batch!.Record(batch.Count++).Port = port;
            ports.Admit(port, 1);
        }

        ports.Admit(busy, 5);
        ports.Active.ShouldBe(2);

        pool.Return(batch!, batch!.Generation);

        ports.InFlight(busy).ShouldBe(5);
        ports.InFlight(quiet).ShouldBe(0);
        ports.Active.ShouldBe(1);
        pool.Close();
    }
}
