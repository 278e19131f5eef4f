using System.Globalization;
using System.Text;
using UpcallActors.Odp.Tests.Recordings;

namespace UpcallActors.Odp.Tests.Fuzz;

/// <summary>Drives every fuzz target with mutations of recorded input; UPCALL_FUZZ_ITERATIONS sets how many.</summary>
public sealed class OdpFuzzTests
{
    private const int DefaultIterations = 3000;
    private static readonly byte[] InterestingBytes = [0, 1, 3, 4, 5, 7, 8, 0x0f, 0x10, 0x1f, 0x20, 0x7f, 0x80, 0xff];

    private delegate bool Target(ReadOnlySpan<byte> input);

    [Fact]
    public void Packets() => Drive(OdpFuzz.Packet, Messages(families => families.Packet));

    [Fact]
    public void Flows() => Drive(OdpFuzz.Flow, Messages(families => families.Flow));

    [Fact]
    public void Datapaths() => Drive(OdpFuzz.Datapath, Messages(families => families.Datapath));

    [Fact]
    public void Vports() => Drive(OdpFuzz.Vport, Messages(families => families.Vport));

    [Fact]
    public void Keys() => Drive(OdpFuzz.Key, KeySeeds(mask: false));

    [Fact]
    public void Masks() => Drive(OdpFuzz.Mask, KeySeeds(mask: true));

    [Fact]
    public void Keys_under_masks() => Drive(OdpFuzz.KeyUnderMask, MaskedKeySeeds());

    [Fact]
    public void Actions() => Drive(OdpFuzz.Actions, ActionSeeds());

    [Fact]
    public void Compared_actions() =>
        Drive(OdpFuzz.ComparedActions, [.. ActionSeeds().Select(actions => (byte[])[.. actions, .. actions])]);

    [Fact]
    public void Meters() => Drive(OdpFuzz.Meter, [ControlMessageTests.Write(ControlMessageTests.Meter)]);

    [Fact]
    public void Limits() => Drive(OdpFuzz.CtLimit, [ControlMessageTests.Write(ControlMessageTests.Limits)]);

    [Fact]
    public void Captures() => Drive(OdpFuzz.Pcap, [PcapTests.SmallFile(nanoseconds: false), PcapTests.SmallFile(nanoseconds: true)]);

    [Fact]
    public void Flow_lines() => Drive(OdpFuzz.FlowLine, FlowLineSeeds());

    [Fact]
    public void Flow_texts() => Drive(OdpFuzz.FlowKeyText, [.. TextExamples.Flows.Select(Encoding.Latin1.GetBytes)]);

    [Fact]
    public void Action_texts() => Drive(OdpFuzz.ActionsText, [.. TextExamples.Actions.Select(Encoding.Latin1.GetBytes)]);

    [Fact]
    public void Conntrack_matches() => Drive(OdpFuzz.ConntrackMatch, ConntrackMatchSeeds);

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

    /// <summary>Every seed must be accepted as it is, or the mutations would test nothing but the first check.</summary>
    private static void Drive(Target target, byte[][] seeds)
    {
        seeds.ShouldNotBeEmpty();
        foreach (byte[] seed in seeds)
            target(seed).ShouldBeTrue();
        var random = new Random(7);
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture,
            out int set) ? set : DefaultIterations;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            byte[] input = Mutate(seeds[random.Next(seeds.Length)], random);
            try
            {
                target(input);
            }
            catch (Exception crash)
            {
                throw new InvalidOperationException($"iteration {iteration}: {Convert.ToHexString(input)}", crash);
            }
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        int length = random.Next(4) == 0 ? random.Next(seed.Length + 1) : seed.Length;
        byte[] input = seed[..length];
        for (int change = random.Next(5); change >= 0 && input.Length != 0; change--)
        {
            int at = random.Next(input.Length);
            switch (random.Next(3))
            {
                case 0:
                    input[at] = (byte)random.Next(256);
                    break;
                case 1:
                    input[at] = InterestingBytes[random.Next(InterestingBytes.Length)];
                    break;
                default:
                    input = [.. input.AsSpan(0, at), .. input.AsSpan(random.Next(input.Length))];
                    break;
            }
        }

        return input;
    }
}
