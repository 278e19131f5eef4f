using BenchmarkDotNet.Attributes;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Benchmarks;

/// <summary>
/// One lookup in a table, with its megaflow mask. The masks are the same six whatever the number of rules. Flows are
/// taken in turn from a thousand, so that the caches hold no more of a large table than they would.
/// </summary>
[MemoryDiagnoser]
public class ClassifierLookup
{
    private const int FlowCount = 1024;

    private Flow[] _flows = [];
    private TablesSnapshot _tables;
    private int _next;

    [Params(10, 1000, 100_000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        FlowChange[] changes = ManyFlows.Take(Rules);
        var tables = new FlowTables();
        tables.Apply(changes);
        _tables = tables.Read();
        _flows = ManyFlows.Packets(changes, FlowCount);
    }

    [Benchmark]
    public object? Lookup()
    {
        Flow wildcards = default;
        return _tables.Lookup(0, _flows[_next++ % FlowCount], ref wildcards);
    }
}
