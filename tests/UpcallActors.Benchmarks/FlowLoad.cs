using BenchmarkDotNet.Attributes;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Benchmarks;

/// <summary>Many flows put into empty tables: as one batch, as a file does, and one by one.</summary>
[MemoryDiagnoser]
public class FlowLoad
{
    private FlowChange[] _flows = [];

    [Params(100_000, 1_000_000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Parse() => _flows = ManyFlows.Take(Rules);

    /// <summary>Prints what the flows and the tables keep.</summary>
    [GlobalCleanup]
    public void Weigh()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var tables = (FlowTables)AsOneBatch();
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine($"// {tables.RuleCount} rules keep {kept / tables.RuleCount} bytes each, beside {before} bytes of all else");
        GC.KeepAlive(tables);
    }

    [Benchmark]
    public object AsOneBatch()
    {
        var tables = new FlowTables();
        tables.Apply(_flows);
        return tables;
    }

    [Benchmark]
    public object OneByOne()
    {
        var tables = new FlowTables();
        foreach (FlowChange flow in _flows)
            tables.Apply(flow);
        return tables;
    }
}
