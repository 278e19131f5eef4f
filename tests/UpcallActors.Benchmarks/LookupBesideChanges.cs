using BenchmarkDotNet.Attributes;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Benchmarks;

/// <summary>
/// A snapshot taken and one lookup, as for a packet, while another thread changes the tables so many times a second: one change a batch,
/// in turn a flow that is added and one that is deleted, of the masks that the lookups go through.
/// </summary>
[MemoryDiagnoser]
public class LookupBesideChanges
{
    private const int FlowCount = 1024;
    private const int Rules = 10_000;

    private readonly FlowTables _tables = new();
    private readonly ManualResetEvent _over = new(initialState: false);
    private Flow[] _flows = [];
    private Thread? _writer;
    private int _next;

    [Params(0, 10_000)]
    public int ChangesPerSecond { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        FlowChange[] changes = ManyFlows.Take(Rules);
        _tables.Apply(changes);
        _flows = ManyFlows.Packets(changes, FlowCount);
        if (ChangesPerSecond == 0)
            return;
        _writer = new Thread(Change) { IsBackground = true };
        _writer.Start();
    }

    [GlobalCleanup]
    public void Stop()
    {
        _over.Set();
        _writer?.Join();
    }

    [Benchmark]
    public object? Lookup()
    {
        using TablesSnapshot tables = _tables.Read();
        Flow wildcards = default;
        return tables.Lookup(0, _flows[_next++ % FlowCount], ref wildcards);
    }

    private void Change()
    {
        FlowChange[] added = [.. Enumerable.Range(Rules, FlowCount).Select(ManyFlows.Of)];
        FlowChange[] deleted = Array.ConvertAll(added, flow => flow with { Command = FlowCommand.DeleteStrict, Actions = null });
        long start = Environment.TickCount64;
        for (long made = 0; !_over.WaitOne(millisecondsTimeout: 1);)
        {
            long due = (Environment.TickCount64 - start) * ChangesPerSecond / 1000;
            for (; made < due; made++)
                _tables.Apply((made % 2 == 0 ? added : deleted)[made / 2 % FlowCount]);
        }
    }
}
