using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Tables whose keys come out of packets keep short chains, whichever bits the packets' sender varies.</summary>
public class HashSpreadTests
{
    [Fact]
    public void Stations_made_to_fold_to_the_same_number_spread()
    {
        // Both halves of the number change by the same bits, so that their exclusive or, which is the number's own hash, stays.
        var stations = new MacKeyComparer();
        Chains.LongestOf(i => (uint)stations.GetHashCode(((ulong)i << 32) | (uint)i)).ShouldBeLessThanOrEqualTo(Chains.Longest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(36)]
    [InlineData(48)]
    public void Stations_spread_whichever_bits_of_address_or_vlan_differ(int shift)
    {
        var stations = new MacKeyComparer();
        Chains.LongestOf(i => (uint)stations.GetHashCode((ulong)i << shift)).ShouldBeLessThanOrEqualTo(Chains.Longest);
    }

    [Fact]
    public void Two_tables_of_stations_hash_differently()
    {
        var one = new MacKeyComparer();
        var other = new MacKeyComparer();
        Enumerable.Range(0, 16).ShouldContain(station => one.GetHashCode((ulong)station) != other.GetHashCode((ulong)station));
    }

    [Fact]
    public void Frozen_states_spread_whichever_word_of_the_pipeline_or_tunnel_differs()
    {
        for (int word = 0; word < Flow.KeyStart + FlowKeyFields.TunFlags.Word; word++)
        {
            foreach (int shift in new[] { 0, 26, 52 })
            {
                int at = word;
                Chains.LongestOf(i => (uint)Frozen(at, (ulong)i << shift).GetHashCode())
                    .ShouldBeLessThanOrEqualTo(Chains.Longest, $"word {word}, bits from {shift}");
            }
        }
    }

    [Fact]
    public void Flows_spread_over_a_subtables_slots_whichever_word_differs()
    {
        // A subtable takes the slot from the highest bits.
        for (int words = 1; words <= 3; words++)
        {
            for (int word = 0; word < words; word++)
            {
                foreach (int shift in new[] { 0, 26, 52 })
                    Chains.LongestOf(i => ulong.RotateLeft(HashOf(words, word, (ulong)i << shift), 12))
                        .ShouldBeLessThanOrEqualTo(Chains.Longest);
            }
        }
    }

    private static FrozenState Frozen(int word, ulong value)
    {
        Flow flow = default;
        flow.Words[word] = value;
        var state = new FrozenState();
        state.Capture("br0", 0, false, ref flow, [], [], mayBeReassembled: false, isBehindPatch: false);
        return state;
    }

    private static ulong HashOf(int words, int word, ulong value)
    {
        ulong hash = FlowHash.Seed;
        for (int i = 0; i < words; i++)
            hash = FlowHash.Mix(hash, i == word ? value : 0);
        return hash;
    }
}
