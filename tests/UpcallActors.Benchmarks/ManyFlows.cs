using System.Globalization;
using UpcallActors.OpenFlow;

namespace UpcallActors.Benchmarks;

/// <summary>Flows of six masks: three of the recorded five-flow table, a source prefix, and TCP and UDP services.</summary>
internal static class ManyFlows
{
    public static FlowChange[] Take(int count) => [.. Fixed().Concat(Enumerable.Range(0, count).Select(Of)).Take(count)];

    /// <summary>One of the many.</summary>
    public static FlowChange Of(int i)
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"10.{(i >> 16) & 0xff}.{(i >> 8) & 0xff}.{i & 0xff}");
        return (i % 3) switch
        {
            0 => FlowSyntax.ParseFlow($"priority=50,tcp,nw_dst={address},tp_dst=80,actions=1"),
            1 => FlowSyntax.ParseFlow($"priority=50,udp,nw_dst={address},tp_dst=53,in_port=1,actions=1"),
            _ => FlowSyntax.ParseFlow($"priority=40,ip,nw_src={address}/32,actions=2"),
        };
    }

    /// <summary>Packets that match one flow each, drawn from all of them.</summary>
    public static Flow[] Packets(FlowChange[] flows, int count)
    {
        var random = new Random(1);
        var packets = new Flow[count];
        for (int i = 0; i < count; i++)
        {
            Flow flow = flows[random.Next(flows.Length)].Match.ToValue();
            flow.InPort = 1;
            flow.Key.TpSrc = (ushort)random.Next(ushort.MaxValue);
            packets[i] = flow;
        }

        return packets;
    }

    private static IEnumerable<FlowChange> Fixed() =>
    [
        FlowSyntax.ParseFlow("priority=1,actions=drop"),
        FlowSyntax.ParseFlow("priority=10,arp,actions=normal"),
        FlowSyntax.ParseFlow("priority=100,in_port=2,ct_state=-trk,icmp,actions=ct(table=0,zone=9)"),
    ];
}
