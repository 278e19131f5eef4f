using BenchmarkDotNet.Attributes;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Benchmarks;

/// <summary>One upcall turned in place into its EXECUTE: header fields, padding, and the tail with UPCALL_PID and ACTIONS.</summary>
[MemoryDiagnoser]
public class ExecuteInPlace
{
    private UpcallBatch? _batch;
    private uint _sequence;

    [GlobalSetup]
    public void Receive()
    {
        var pool = new BatchPool(2, 1, new PortTable(), new LaneCounters());
        pool.TryRent(out _batch);
        byte[] upcall = RecordedUpcallSet.Misses[0];
        upcall.CopyTo(_batch!.Slots.Slot(0));
        _batch.Slots.SetReceived(0, upcall.Length, truncated: false);
        _batch.Count = 1;
        _batch.Record(0).Actions = new Extent(UpcallBatch.RoomBeforeActions, 8);
    }

    [Benchmark]
    public int TurnInPlace() =>
        RequestWriter.Execute(_batch!, 0, RecordedUpcallSet.Families.Packet, _sequence += 2, upcallPid: 4711).TotalLength;
}
