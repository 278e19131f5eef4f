using System.Globalization;
using BenchmarkDotNet.Attributes;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Benchmarks;

/// <summary>
/// One lookup in a table, with its megaflow mask. The masks are the same six whatever the number of
/// rules: three of the recorded five-flow table, a source prefix, and TCP and UDP services. Flows are
/// taken in turn from a thousand, so that the caches hold no more of a large table than they would.
/// </summary>
[MemoryDiagnoser]
public class ClassifierLookup
{
    private const int FlowCount = 1024;

    private readonly Flow[] _flows = new Flow[FlowCount];
    private TablesSnapshot _tables = TablesSnapshot.Empty;
    private int _next;

    [Params(10, 1000, 100_000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var changes = new List<FlowChange>
        {
            FlowSyntax.ParseFlow("priority=1,actions=drop"),
            FlowSyntax.ParseFlow("priority=10,arp,actions=normal"),
            FlowSyntax.ParseFlow("priority=100,in_port=2,ct_state=-trk,icmp,actions=ct(table=0,zone=9)"),
        };
        for (int i = 0; changes.Count < Rules; i++)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"10.{(i >> 16) & 0xff}.{(i >> 8) & 0xff}.{i & 0xff}");
            changes.Add((i % 3) switch
            {
                0 => FlowSyntax.ParseFlow($"priority=50,tcp,nw_dst={address},tp_dst=80,actions=1"),
                1 => FlowSyntax.ParseFlow($"priority=50,udp,nw_dst={address},tp_dst=53,in_port=1,actions=1"),
                _ => FlowSyntax.ParseFlow($"priority=40,ip,nw_src={address}/32,actions=2"),
            });
        }
        _tables = new FlowTables().Apply([.. changes]);

        var random = new Random(1);
        for (int i = 0; i < FlowCount; i++)
        {
            Flow flow = changes[random.Next(changes.Count)].Match.ToValue();
            flow.InPort = 1;
            flow.Key.TpSrc = (ushort)random.Next(ushort.MaxValue);
            _flows[i] = flow;
        }
    }

    [Benchmark]
    public Rule? Lookup()
    {
        Flow wildcards = default;
        return _tables.Lookup(0, _flows[_next++ % FlowCount], ref wildcards);
    }
}
