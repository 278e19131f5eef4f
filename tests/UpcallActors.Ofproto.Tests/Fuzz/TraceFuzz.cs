using System.Text;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// Fuzz target: any bytes are a packet that can be traced, and is traced to an end, or a problem with its place in the text; states of
/// connections likewise. True for a packet.
/// </summary>
public static class TraceFuzz
{
    private static readonly Bridge _bridge = MakeBridge();

    private static readonly FlowTracer _tracer = new(new OpenFlowTranslatorFactory([_bridge]));

    public static bool Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        if (ConnectionStateText.Parse(text, out CtState state) is { } problem)
            problem.ShouldNotBeEmpty();
        TracedPacket packet;
        try
        {
            packet = PacketSyntax.Parse(text, _bridge);
        }
        catch (FlowSyntaxException malformed)
        {
            malformed.Column.ShouldBeInRange(1, text.Length + 1);
            return false;
        }

        FlowTrace trace = _tracer.Trace(packet, mru: 0, state);
        string printed = trace.ToString();
        printed.ShouldStartWith("Flow: ");
        printed.ShouldEndWith("\n");
        trace.Passes.ShouldAllBe(pass => pass.Megaflow.Contains("recirc_id=", StringComparison.Ordinal)
            && (pass.Nodes.Length > 0 || pass.Error == XlateError.BridgeNotFound));
        return true;
    }

    private static Bridge MakeBridge()
    {
        const string Flows = """
            priority=9,in_port=1,tcp,actions=ct(commit,table=1,zone=reg0[0..15],nat(src=1.2.3.4:9),exec(set_field:5->ct_mark)),resubmit(,2)
            priority=5,in_port=3,actions=normal
            priority=4,ip,in_port=2,actions=dec_ttl,move:NXM_OF_IP_SRC[]->NXM_NX_REG2[],clone(push_vlan:0x8100,3),ct(table=2),output:reg0,4
            table=1,ct_state=+new,actions=2,controller
            table=1,ip,actions=ct(table=1),resubmit(,2)
            table=2,ip,actions=resubmit(,2),resubmit(,2)
            table=2,actions=flood
            """;
        var tables = new FlowTables();
        FlowFile file = FlowSyntax.ParseFile(Flows);
        file.Errors.ShouldBeEmpty();
        tables.Apply([.. file.Changes]);
        BridgePort[] ports =
        [
            new(OpenFlowPorts.Local, 100, "br0"), new(1, 101, "p1"), new(2, 102, "p2"), new(3, 103, "p3"),
            new(4, 104, "vx") { Tunnel = new TunnelPort { RemoteIpv4 = 0x0a000001 }.WithKey(7) },
        ];
        return new Bridge("br0", FailMode.Secure, tables, ports);
    }
}
