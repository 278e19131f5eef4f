using System.Runtime.CompilerServices;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// The rules of a table that have one mask, found by hash. Immutable. A lookup reads the flow in stages; each but the
/// last has an index of the hashes so far, and where a stage finds nothing the later ones are not looked at
/// (<c>find_match_wc</c> in Open vSwitch's classifier.c does the same, so the masks agree).
/// </summary>
internal sealed class Subtable
{
    private const int PortsShift = 32;
    private const int PortsBits = 32;

    private static readonly int _portsWord = Flow.KeyStart + FlowKeyFields.TpSrc.Word;

    private readonly FlowMask _mask;
    private readonly byte[] _stageEnds;
    private readonly HashSlots[] _stageIndexes;
    private readonly byte[] _prefixLengths = new byte[PrefixField.Count];
    private readonly int _prefixStage;
    private readonly HashSlots _slots;
    private readonly ulong[] _values;
    private readonly Rule[] _heads;
    private readonly uint _portsMask;
    private readonly PrefixTrie? _portsTrie;

    /// <summary>A subtable of <paramref name="heads"/>, which becomes its own: for each match the rule of the highest priority.</summary>
    public Subtable(FlowMask mask, Rule[] heads, int maximumPriority)
    {
        _mask = mask;
        _heads = heads;
        MaximumPriority = maximumPriority;
        _stageEnds = FindStageEnds(mask, out _prefixStage);
        for (int i = 0; i < PrefixField.Count; i++)
            _prefixLengths[i] = (byte)PrefixField.All[i].PrefixLength(mask);

        var stages = new HashSet<ulong>[_stageEnds.Length - 1];
        for (int i = 0; i < stages.Length; i++)
            stages[i] = [];
        _slots = new HashSlots(heads.Length);
        _values = new ulong[heads.Length * mask.Words.Length];
        for (int entry = 0; entry < heads.Length; entry++)
            Insert(heads[entry].Match.Values, entry, stages);
        _stageIndexes = Array.ConvertAll(stages, HashSlots.Of);

        _portsMask = (uint)(mask.WordAt(_portsWord) >> PortsShift);
        if (_portsMask != 0)
            _portsTrie = PrefixTrie.Of([.. heads.Select(rule => (PortsOf(rule), PortsLength))]);
    }

    /// <summary>The highest priority in it.</summary>
    public int MaximumPriority { get; }

    private int PortsLength => PortsBits - int.CreateChecked(uint.TrailingZeroCount(_portsMask));

    /// <summary>The rule for a flow; null if there is none. What was looked at is added to <paramref name="wildcards"/>.</summary>
    public Rule? Lookup(ReadOnlySpan<ulong> flow, Span<ulong> wildcards, ref PrefixLookups prefixes)
    {
        ulong hash = FlowHash.Seed;
        int done = 0;
        int last = _stageEnds.Length - 1;
        for (int stage = 0; stage < last; stage++)
        {
            int before = done;
            done = _stageEnds[stage];
            hash = Hash(flow, before, done, hash);
            if (!_stageIndexes[stage].Contains(hash))
            {
                MarkMissed(stage, before, wildcards, ref prefixes);
                return null;
            }
        }
        hash = Hash(flow, done, _stageEnds[last], hash);
        Rule? rule = Find(flow, hash);
        if (rule is not null)
            _mask.MarkUsed(wildcards, _stageEnds[last]);
        else if (_portsMask != 0)
            MarkMissedPorts(flow, wildcards);
        else
            MarkMissed(last, done, wildcards, ref prefixes);
        return rule;
    }

    // The tries are asked only now: where a stage finds something they have that prefix, so they would not have ruled it out.
    private void MarkMissed(int stage, int before, Span<ulong> wildcards, ref PrefixLookups prefixes)
    {
        bool ruledOut = stage == _prefixStage && prefixes.RuleOut(_prefixLengths, wildcards);
        _mask.MarkUsed(wildcards, ruledOut ? before : _stageEnds[stage]);
    }

    // All but the ports did decide, or may have; of the ports, no more bits than rule out every rule here.
    private void MarkMissedPorts(ReadOnlySpan<ulong> flow, Span<ulong> wildcards)
    {
        UInt128 ports = (UInt128)((uint)(flow[_portsWord] >> PortsShift) & _portsMask) << 96;
        int bits = PrefixTrie.DecidingBits(_portsTrie, ports, PortsBits);
        uint used = _portsMask & (uint)(PrefixTrie.PrefixMask(bits) >> 96);
        ulong before = wildcards[_portsWord];
        _mask.MarkUsed(wildcards, _mask.Words.Length);
        ulong portsMask = (ulong)_portsMask << PortsShift;
        wildcards[_portsWord] = (wildcards[_portsWord] & ~portsMask) | (before & portsMask) | ((ulong)used << PortsShift);
    }

    private Rule? Find(ReadOnlySpan<ulong> flow, ulong hash)
    {
        ReadOnlySpan<byte> indexes = _mask.Indexes;
        ReadOnlySpan<ulong> masks = _mask.Words[..indexes.Length];
        HashSlots.Walk walk = _slots.Find(hash);
        while (walk.MoveNext(out int entry))
        {
            ReadOnlySpan<ulong> values = _values.AsSpan(entry * indexes.Length, indexes.Length);
            int i = 0;
            while (i < values.Length && (flow[indexes[i]] & masks[i]) == values[i])
                i++;
            if (i == values.Length)
                return _heads[entry];
        }
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Hash(ReadOnlySpan<ulong> flow, int from, int to, ulong hash)
    {
        ReadOnlySpan<byte> indexes = _mask.Indexes[from..to];
        ReadOnlySpan<ulong> masks = _mask.Words[from..to];
        for (int i = 0; i < indexes.Length; i++)
            hash = FlowHash.Mix(hash, flow[indexes[i]] & masks[i]);
        return hash;
    }

    private static byte[] FindStageEnds(FlowMask mask, out int prefixStage)
    {
        var ends = new List<byte>(FlowStages.Count);
        prefixStage = -1;
        int before = 0;
        for (int stage = 0; stage < FlowStages.Count; stage++)
        {
            byte end = mask.StageEnds[stage];
            if (end == before)
                continue;
            if (stage == PrefixField.All[0].Stage)
                prefixStage = ends.Count;
            ends.Add(end);
            before = end;
        }
        if (ends.Count == 0)
            ends.Add(0);
        return [.. ends];
    }

    private static UInt128 PortsOf(Rule rule)
    {
        Flow value = rule.Match.ToValue();
        return (UInt128)(uint)(value.ReadOnlyWords[_portsWord] >> PortsShift) << 96;
    }

    private void Insert(ReadOnlySpan<ulong> values, int entry, HashSet<ulong>[] stages)
    {
        values.CopyTo(_values.AsSpan(entry * values.Length));
        ulong hash = FlowHash.Seed;
        int done = 0;
        for (int stage = 0; stage < _stageEnds.Length; stage++)
        {
            for (; done < _stageEnds[stage]; done++)
                hash = FlowHash.Mix(hash, values[done]);
            if (stage < stages.Length)
                stages[stage].Add(hash);
        }

        _slots.Add(hash, entry);
    }
}
