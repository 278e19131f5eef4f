using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests;

public sealed class SupportTests
{
    [Fact]
    public void What_it_says_it_supports_is_what_trying_finds_out()
    {
        using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
        using var client = new DatapathClient(datapath);
        DatapathProbe.Run(client, datapath.Families, datapath.IfIndex).ShouldBe(datapath.Support);
    }

    [Fact]
    public void Probing_leaves_no_flow_and_no_connection_and_sends_nothing()
    {
        using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
        using var client = new DatapathClient(datapath);
        DatapathProbe.Run(client, datapath.Families, datapath.IfIndex);
        datapath.FlowCount.ShouldBe(0);
        datapath.ConnectionCount.ShouldBe(0);
        datapath.Counters.UpcallsQueued.ShouldBe(0);
    }

    [Fact]
    public void Flows_of_any_port_leave_the_choice_of_the_handler_to_the_datapath()
    {
        using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
        datapath.UserspacePid(3).ShouldBe(uint.MaxValue);
    }
}
