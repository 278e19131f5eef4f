using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class MissingReferenceTests
{
    [Theory]
    [InlineData("ip,actions=2,group:7", "OFPBAC_BAD_OUT_GROUP")]
    [InlineData("ip,actions=clone(clone(group:7))", "OFPBAC_BAD_OUT_GROUP")]
    [InlineData("ip,actions=meter:3,2", "OFPMMFC_INVALID_METER")]
    public void A_flow_that_names_what_is_not_there_is_refused_with_its_batch(string flow, string error)
    {
        var tables = new FlowTables();
        FlowChange[] changes = [FlowSyntax.ParseFlow("arp,actions=2"), FlowSyntax.ParseFlow(flow)];

        FlowRefusedException refused = Should.Throw<FlowRefusedException>(() => tables.Apply(changes));

        (refused.Index, refused.Error).ShouldBe((1, error));
        tables.RuleCount.ShouldBe(0);
    }
}
