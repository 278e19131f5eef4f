using BenchmarkDotNet.Attributes;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Benchmarks;

/// <summary>One translation, from the parsed key to actions and mask, with the flows of the recorded scenarios and with others.</summary>
[MemoryDiagnoser]
public class UpcallTranslation
{
    private const string FragmentationFlows = """
        priority=1,action=drop
        priority=10,arp,action=normal
        priority=100,in_port=1,icmp,action=ct(commit,zone=9),2
        priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0,zone=9)
        priority=100,in_port=2,ct_state=+trk+est-new,icmp,action=1
        """;

    private readonly byte[] _actions = new byte[4096];
    private readonly byte[] _packet = new byte[98];
    private IUpcallTranslator _translator = null!;
    private FlowKey _key;

    /// <summary>The flows and the datapath port the packet comes from.</summary>
    [Params("commit", "track", "normal", "rewrite", "select", "hash")]
    public string Case { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        string flows = Case switch
        {
            "normal" => "actions=NORMAL",
            "select" => "actions=group:1",
            "hash" => "actions=group:2",
            "rewrite" => "actions=mod_dl_src:02:00:00:00:00:09,mod_nw_dst:10.0.0.9,dec_ttl,2",
            _ => FragmentationFlows,
        };
        var tables = new FlowTables();
        using (TableTransaction transaction = tables.Begin(default))
        {
            transaction.Make(GroupSyntax.Parse("group_id=1,type=select,bucket=output:1,bucket=output:2"));
            transaction.Make(GroupSyntax.Parse(
                "group_id=2,type=select,selection_method=hash,fields(ip_src,ip_dst),bucket=LOCAL,bucket=output:2"));
            transaction.Commit();
        }

        tables.Apply([.. FlowSyntax.ParseFile(flows).Changes]);
        BridgePort[] ports = [new(OpenFlowPorts.Local, 100, "br0"), new(1, 101, "p1"), new(2, 102, "p2")];
        _translator = new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, tables, ports)]).Create(0);
        _key = new FlowKey
        {
            DatapathPort = Case == "track" ? 102u : 101u,
            EthSrc = 0x0200_0000_0001,
            EthDst = 0x0200_0000_0002,
            EthType = EtherTypes.Ipv4,
            Ipv4Src = 0x0a000001,
            Ipv4Dst = 0x0a000002,
            NwProto = IpProtocols.Icmp,
            NwTtl = 64,
            TpSrc = 8,
        };
    }

    [Benchmark]
    public int Translate()
    {
        FlowKey mask = default;
        return _translator.Translate(new UpcallView(_key, [], _packet, default, PacketCommand.Miss, []), _actions, ref mask).ActionsLength;
    }
}
