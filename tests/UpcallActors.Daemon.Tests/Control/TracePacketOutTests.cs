using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary><c>ofproto/trace-packet-out</c>; the texts are those of <c>ovs-vswitchd</c> 3.1.</summary>
public sealed class TracePacketOutTests
{
    [Fact]
    public async Task A_packet_that_is_sent_out_begins_with_the_actions_it_is_sent_with()
    {
        await using ControlledSwitch daemon = await StartAsync();
        string trace = await daemon.PrintAsync("ofproto/trace-packet-out", "br0", "in_port=1,tcp", "output:2");
        trace.ShouldStartWith("Flow: tcp,in_port=1,");
        trace.ShouldContain("""

            bridge("br0")
            -------------
                output:2

            Final flow: unchanged
            Megaflow: recirc_id=0,eth,ip,in_port=1,nw_frag=no
            Datapath actions: 3

            """);
    }

    [Theory]
    [InlineData("resubmit(,0)")]
    [InlineData("drop")]
    public async Task Tables_are_gone_through_when_the_actions_say_so_and_when_there_are_none(string actions)
    {
        await using ControlledSwitch daemon = await StartAsync();
        string trace = await daemon.PrintAsync("ofproto/trace-packet-out", "-consistent", "br0", "in_port=1,tcp", actions);
        trace.ShouldContain("\n 0. tcp,in_port=1, priority 32768\n    drop\n");
        trace.ShouldEndWith("Datapath actions: drop\n");
    }

    [Theory]
    [InlineData("br0", "in_port=1,tcp", "foo")]
    [InlineData("nosuch", "in_port=1", "output:2")]
    [InlineData("output:2")]
    public async Task What_cannot_be_traced_is_said(params string[] arguments)
    {
        await using ControlledSwitch daemon = await StartAsync();
        (await daemon.FailAsync("ofproto/trace-packet-out", arguments)).ShouldNotBeEmpty();
    }

    private static async Task<ControlledSwitch> StartAsync()
    {
        ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Bridge.Tables.Apply(FlowSyntax.ParseFlow("tcp,in_port=1,actions=drop"));
        return daemon;
    }
}
