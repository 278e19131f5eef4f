using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Flow tables and flows drawn from few values, so that rules overlap, share masks and differ in single bits.</summary>
internal sealed class RandomTables(int seed)
{
    private static readonly ActionList _drop = FlowSyntax.ParseFlow("actions=drop").Actions!;

    private static readonly string[] _exact = ["in_port", "eth_type", "nw_proto", "dl_vlan", "ct_zone", "pkt_mark"];
    private static readonly string[] _prefixes = ["ip_src", "ip_dst", "ipv6_src", "ipv6_dst"];
    private static readonly string[] _masked = ["metadata", "reg0", "xxreg1", "ct_state", "eth_dst", "arp_sha", "nd_target", "tcp_src",
        "tcp_dst", "tcp_flags", "ct_nw_src"];

    private readonly Random _random = new(seed);

    public Random Random => _random;

    /// <summary>Changes that add flows with priorities that collide.</summary>
    public FlowChange[] Rules(int count)
    {
        Flow[] masks = [.. Enumerable.Range(0, _random.Next(1, 12)).Select(_ => Mask())];
        return [.. Enumerable.Range(0, count).Select(_ => Rule(masks[_random.Next(masks.Length)]))];
    }

    public FlowChange Rule(in Flow mask) => new()
    {
        Priority = (ushort)_random.Next(6),
        Match = new Match(Flow(), mask),
        Actions = _drop,
    };

    /// <summary>A flow whose every field has one of a handful of values that share leading bits.</summary>
    public Flow Flow()
    {
        Flow flow = default;
        foreach (string name in (IEnumerable<string>)[.. _exact, .. _prefixes, .. _masked])
        {
            MatchField field = MatchFields.Get(name);
            field.Put(ref flow, Value(field.Width), UInt128.MaxValue);
        }
        return flow;
    }

    /// <summary>The mask of a rule: some fields exact, addresses by prefix, the rest by any bits, ports often by leading ones.</summary>
    public Flow Mask()
    {
        Flow mask = default;
        foreach (string name in _exact.Where(_ => _random.Next(3) == 0))
            MatchFields.Get(name).MarkUsed(ref mask);
        foreach (string name in _prefixes.Where(_ => _random.Next(3) == 0))
        {
            MatchField field = MatchFields.Get(name);
            field.MarkUsed(ref mask, field.Bits << _random.Next(field.Width));
        }
        foreach (string name in _masked.Where(_ => _random.Next(4) == 0))
        {
            MatchField field = MatchFields.Get(name);
            field.MarkUsed(ref mask, _random.Next(3) switch { 0 => field.Bits, 1 => field.Bits << _random.Next(field.Width), _ => Bits() });
        }
        return mask;
    }

    /// <summary>128 random bits.</summary>
    public UInt128 Bits() =>
        new((ulong)_random.NextInt64() ^ ((ulong)_random.NextInt64() << 1), (ulong)_random.NextInt64() ^ ((ulong)_random.NextInt64() << 1));

    private UInt128 Value(int width) => _random.Next(4) switch
    {
        0 => (UInt128)(uint)_random.Next(3),
        1 => (UInt128)(uint)_random.Next(1, 4) << (width - 4),
        2 => UInt128.One << _random.Next(width),
        _ => ((UInt128)0xA5 << (width / 2)) | (uint)_random.Next(4),
    };
}
