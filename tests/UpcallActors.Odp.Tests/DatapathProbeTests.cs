using System.Globalization;
using UpcallActors.Linux;
using UpcallActors.Odp.Tests.Fuzz;

namespace UpcallActors.Odp.Tests;

/// <summary>Probing against answers that no datapath should give; what real ones give is tested with them.</summary>
public sealed class DatapathProbeTests
{
    private static readonly DatapathSupport Nothing = new() { SampleNesting = 3 };

    [Fact]
    public void A_datapath_that_answers_nothing_supports_nothing() => DatapathProbeFuzz.Run([]).ShouldBe(Nothing);

    [Fact]
    public void So_does_one_that_refuses_everything() => DatapathProbeFuzz.Run(Answer(-22)).ShouldBe(Nothing);

    [Fact]
    public void A_put_that_succeeds_counts_for_nothing_without_the_flow_to_show_for_it()
    {
        DatapathSupport support = DatapathProbeFuzz.Run(Answer(0));
        support.ShouldBe(Nothing with { MaskedSet = true, Trunc = true, CloneAction = true, CtEventMask = true, CtTimeout = true });
    }

    [Fact]
    public void Whatever_is_answered_probing_comes_to_an_end()
    {
        byte[] seed = Answer(0);
        var random = new Random(1);
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture,
            out int set) ? set : 500;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            byte[] mutated = [.. seed.AsSpan(0, random.Next(seed.Length + 1)), .. new byte[random.Next(40)]];
            for (int change = random.Next(6); change >= 0 && mutated.Length != 0; change--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(random.Next(2) == 0 ? 256 : 40);
            DatapathProbeFuzz.Run(mutated).SampleNesting.ShouldBeInRange(3, 10);
        }
    }

    [Fact]
    public void Rows_have_the_names_and_the_order_of_ovs_vswitchd_and_its_values()
    {
        var support = new DatapathSupport { MaskedSet = true, SampleNesting = 10, MaxVlanHeaders = 2, CtOrigTuple6 = true };
        support.Rows[0].ShouldBe(("Masked set action", "Yes"));
        support.Rows[5].ShouldBe(("Sample nesting", "10"));
        support.Rows.ShouldContain(("Max VLAN headers", "2"));
        support.Rows.ShouldContain(("CT orig tuple for IPv6", "Yes"));
        support.Rows.ShouldContain(("psample action", "No"));
        support.Rows.Count.ShouldBe(28);
        support.Rows.Select(row => row.Name).Distinct().Count().ShouldBe(28);
    }

    /// <summary>An error answer, or an acknowledgement.</summary>
    private static byte[] Answer(int error)
    {
        var writer = new NetlinkWriter(new byte[64]);
        int start = writer.BeginMessage(NetlinkControlType.Error, (NetlinkFlags)0x100, 0, 0);
        writer.PutRaw(BitConverter.GetBytes(error));
        writer.PutRaw(new byte[NetlinkMessage.HeaderLength]);
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }
}
