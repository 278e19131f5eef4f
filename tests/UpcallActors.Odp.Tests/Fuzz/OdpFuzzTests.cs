using System.Text;
using UpcallActors.Odp.Tests.Recordings;
using UpcallActors.Tests;

namespace UpcallActors.Odp.Tests.Fuzz;

/// <summary>Drives every fuzz target with mutations of recorded input.</summary>
public sealed class OdpFuzzTests
{
    [Fact]
    public void Packets() => MutatedSeeds.Drive(OdpFuzz.Packet, Messages(families => families.Packet));

    [Fact]
    public void Flows() => MutatedSeeds.Drive(OdpFuzz.Flow, Messages(families => families.Flow));

    [Fact]
    public void Datapaths() => MutatedSeeds.Drive(OdpFuzz.Datapath, Messages(families => families.Datapath));

    [Fact]
    public void Vports() => MutatedSeeds.Drive(OdpFuzz.Vport, Messages(families => families.Vport));

    [Fact]
    public void Keys() => MutatedSeeds.Drive(OdpFuzz.Key, KeySeeds(mask: false));

    [Fact]
    public void Masks() => MutatedSeeds.Drive(OdpFuzz.Mask, KeySeeds(mask: true));

    [Fact]
    public void Keys_under_masks() => MutatedSeeds.Drive(OdpFuzz.KeyUnderMask, MaskedKeySeeds());

    [Fact]
    public void Actions() => MutatedSeeds.Drive(OdpFuzz.Actions, ActionSeeds());

    [Fact]
    public void Compared_actions() =>
        MutatedSeeds.Drive(OdpFuzz.ComparedActions, [.. ActionSeeds().Select(actions => (byte[])[.. actions, .. actions])]);

    [Fact]
    public void Meters() => MutatedSeeds.Drive(OdpFuzz.Meter, [ControlMessageTests.Write(ControlMessageTests.Meter)]);

    [Fact]
    public void Limits() => MutatedSeeds.Drive(OdpFuzz.CtLimit, [ControlMessageTests.Write(ControlMessageTests.Limits)]);

    [Fact]
    public void Flow_lines() => MutatedSeeds.Drive(OdpFuzz.FlowLine, FlowLineSeeds());

    [Fact]
    public void Flow_texts() => MutatedSeeds.Drive(OdpFuzz.FlowKeyText, [.. TextExamples.Flows.Select(Encoding.Latin1.GetBytes)]);

    [Fact]
    public void Action_texts() => MutatedSeeds.Drive(OdpFuzz.ActionsText, [.. TextExamples.Actions.Select(Encoding.Latin1.GetBytes)]);

    [Fact]
    public void Conntrack_matches() => MutatedSeeds.Drive(OdpFuzz.ConntrackMatch, ConntrackMatchSeeds);

    internal static byte[][] ConntrackMatchSeeds { get; } =
    [
        "zone=9\nmark=0x12/0xff\nlabels=0xabc/0xfff"u8.ToArray(),
        "ct_nw_src=10.0.0.1,ct_nw_dst=10.0.0.2,ct_nw_proto=6,ct_tp_src=1,ct_tp_dst=2\nct_tp_src=3"u8.ToArray(),
        "ct_ipv6_src=fc00::1,ct_ipv6_dst=::,ct_nw_proto=58,icmp_id=5,icmp_type=128,icmp_code=0"u8.ToArray(),
    ];

    internal static byte[][] ActionSeeds() => [.. TextExamples.Actions.Select(text => UpcallActors.Odp.Text.ActionText.Parse(text, null))];

    internal static byte[][] MaskedKeySeeds() =>
        [.. KeySeeds(mask: false).Zip(KeySeeds(mask: true), (key, mask) => (byte[])[.. key, .. mask])];

    internal static byte[][] FlowLineSeeds() => [.. Recording.Of("linux-6.1/vxlan-fragmentation").DumpedFlows.Select(WithNumbers)];

    private static byte[] WithNumbers(string line) =>
        Encoding.Latin1.GetBytes(line.Replace("vxlan_sys_4789", "4", StringComparison.Ordinal).Replace("br-underlay", "3",
            StringComparison.Ordinal).Replace("br0", "1", StringComparison.Ordinal).Replace("ovs-p0", "2", StringComparison.Ordinal));

    internal static byte[][] Messages(Func<OvsFamilies, ushort> family) =>
    [
        .. new[] { "linux-6.1/vxlan-fragmentation", "linux-7.2/ipv6-fragmentation-vlan" }
            .Select(Recording.Of)
            .SelectMany(recording => recording.OfFamily(family(recording.Families)).Take(60))
            .Select(message => message.Bytes),
    ];

    internal static byte[][] KeySeeds(bool mask) =>
    [
        .. new[] { "linux-6.1/vxlan-fragmentation", "linux-7.2/ipv6-fragmentation-vlan" }
            .SelectMany(name => Recording.Of(name).ReportedFlows)
            .Select(flow => (mask ? flow.Flow.Mask : flow.Flow.Key).Of(flow.Bytes).ToArray()),
    ];
}
