using System.Reflection;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Hashing;

/// <summary>Whatever field a stranger varies, and whichever bits of it, no bucket of a table grows with the number of keys.</summary>
public class ChainLengthTests
{
    private const int KeyBits = 12;

    public static TheoryData<string, int> FieldsAndShifts
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (PropertyInfo place in typeof(FlowKeyFields).GetProperties())
            {
                int width = ((FieldLocation)place.GetValue(null)!).Width;
                if (width < KeyBits)
                    continue;
                foreach (int shift in new[] { 0, width - KeyBits, (width - KeyBits) / 2 }.Distinct())
                    data.Add(place.Name, shift);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(FieldsAndShifts))]
    public void Flows_that_differ_in_one_field_spread_over_their_masks_buckets(string name, int shift)
    {
        var field = (FieldLocation)typeof(FlowKeyFields).GetProperty(name)!.GetValue(null)!;
        var table = new FlowTable();
        FlowKey mask = default;
        mask.Words.Fill(ulong.MaxValue);
        for (int i = 0; i < Chains.Keys; i++)
        {
            FlowKey key = default;
            Set(ref key, field, (UInt128)i << shift);
            table.Insert(key, mask, null, []);
        }

        DatapathFlow[] flows = table.Snapshot();
        flows.Length.ShouldBe(Chains.Keys);
        Chains.LongestOf([.. flows.Select(flow => (ulong)flow.MaskedHash)]).ShouldBeLessThanOrEqualTo(Chains.Longest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(52)]
    [InlineData(116)]
    public void Connections_that_differ_in_one_address_spread(int shift)
    {
        var hash = KeyedHash.Create();
        Chains.LongestOf(i => Tuple(source: (UInt128)i << shift).Hash(hash, 0)).ShouldBeLessThanOrEqualTo(Chains.Longest);
        Chains.LongestOf(i => Tuple(destination: (UInt128)i << shift).Hash(hash, 0)).ShouldBeLessThanOrEqualTo(Chains.Longest);
        Chains.LongestOf(i => Tuple(source: (UInt128)i << shift).HashSource(hash, 0)).ShouldBeLessThanOrEqualTo(Chains.Longest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Connections_that_differ_in_a_port_or_the_zone_spread(int shift)
    {
        var hash = KeyedHash.Create();
        Chains.LongestOf(i => Tuple(sourcePort: (ushort)(i << shift)).Hash(hash, 0)).ShouldBeLessThanOrEqualTo(Chains.Longest);
        Chains.LongestOf(i => Tuple(destinationPort: (ushort)(i << shift)).Hash(hash, 0)).ShouldBeLessThanOrEqualTo(Chains.Longest);
        Chains.LongestOf(i => Tuple().Hash(hash, (ushort)(i << shift))).ShouldBeLessThanOrEqualTo(Chains.Longest);
        Chains.LongestOf(i => Tuple(sourcePort: (ushort)(i << shift)).HashSource(hash, 0)).ShouldBeLessThanOrEqualTo(Chains.Longest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(20)]
    public void Datagrams_whose_fragments_wait_spread(int shift)
    {
        var hash = KeyedHash.Create();
        Chains.LongestOf(i => new FragmentKey((UInt128)i << shift, 0, 0, 0, 0).Hash(hash)).ShouldBeLessThanOrEqualTo(Chains.Longest);
        Chains.LongestOf(i => new FragmentKey(0, (UInt128)i << shift, 0, 0, 0).Hash(hash)).ShouldBeLessThanOrEqualTo(Chains.Longest);
        Chains.LongestOf(i => new FragmentKey(0, 0, (uint)i << shift, 0, 0).Hash(hash)).ShouldBeLessThanOrEqualTo(Chains.Longest);
    }

    [Theory]
    [InlineData(nameof(FlowKeyFields.Ipv4Src), 0)]
    [InlineData(nameof(FlowKeyFields.Ipv4Src), 20)]
    [InlineData(nameof(FlowKeyFields.Ipv4Dst), 0)]
    [InlineData(nameof(FlowKeyFields.Ipv4Dst), 20)]
    [InlineData(nameof(FlowKeyFields.TpSrc), 0)]
    [InlineData(nameof(FlowKeyFields.TpSrc), 4)]
    [InlineData(nameof(FlowKeyFields.TpDst), 0)]
    [InlineData(nameof(FlowKeyFields.TpDst), 4)]
    public void Packets_that_differ_in_one_field_spread_over_handlers(string name, int shift)
    {
        var field = (FieldLocation)typeof(FlowKeyFields).GetProperty(name)!.GetValue(null)!;
        Chains.LongestOf(HashOf).ShouldBeLessThanOrEqualTo(Chains.Longest);

        ulong HashOf(int i)
        {
            FlowKey key = new() { EthType = EtherTypes.Ipv4, NwProto = IpProtocols.Udp };
            Set(ref key, field, (UInt128)i << shift);
            return PacketHash.Flow(new PacketBuffer(), key);
        }
    }

    private static ConntrackTuple Tuple(UInt128 source = default, UInt128 destination = default, ushort sourcePort = 0,
        ushort destinationPort = 0) =>
        new(source, destination, sourcePort, destinationPort, IpProtocols.Udp, IsIpv6: true);

    private static void Set(ref FlowKey key, FieldLocation field, UInt128 value)
    {
        if (field.Width == 128)
        {
            key.Words[field.Word] = (ulong)(value >> 64);
            key.Words[field.Word + 1] = (ulong)value;
        }
        else
        {
            key.Words[field.Word] |= (ulong)value << field.Shift;
        }
    }
}
