using BenchmarkDotNet.Attributes;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Benchmarks;

/// <summary>One change of tables that have many rules, each a batch of its own: what a controller's flow-mod costs.</summary>
[MemoryDiagnoser]
public class FlowModification
{
    private const int FlowCount = 3 * 512;

    private readonly FlowChange[] _more = new FlowChange[FlowCount];
    private readonly FlowChange[] _deletions = new FlowChange[FlowCount];
    private FlowTables _tables = new();
    private int _next;

    [Params(1000, 100_000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _tables = new FlowTables();
        _tables.Apply(ManyFlows.Take(Rules));
        for (int i = 0; i < FlowCount; i++)
        {
            _more[i] = ManyFlows.Of(Rules + i);
            _deletions[i] = _more[i] with { Command = FlowCommand.DeleteStrict, Actions = null };
        }
    }

    [Benchmark(OperationsPerInvoke = 2)]
    public ulong AddAndDelete()
    {
        int i = _next++ % FlowCount;
        _tables.Apply(_more[i]);
        return _tables.Apply(_deletions[i]);
    }
}
