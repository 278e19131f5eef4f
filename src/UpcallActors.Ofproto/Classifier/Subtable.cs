using System.Runtime.CompilerServices;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// The rules of a table that have one mask, found by hash. A lookup reads the flow in stages; each but the last has an index of the
/// hashes so far, and where a stage finds nothing the later ones are not looked at (<c>find_match_wc</c> in Open vSwitch's classifier.c
/// does the same, so the masks agree). One thread changes it, any number of others look meanwhile.
/// </summary>
/// <remarks>
/// Each part (entries, stage indexes, prefixes, ports) holds all rules that any reader can still see, and more. A part that says "none"
/// is right by itself, whatever the others hold by then, so they need not change together: a lookup marks no bit too few.
/// </remarks>
internal sealed partial class Subtable
{
    private const int PortsShift = 32;
    private const int PortsBits = 32;

    private static readonly int _portsWord = Flow.KeyStart + FlowKeyFields.TpSrc.Word;

    private readonly FlowMask _mask;
    private readonly byte[] _stageEnds;
    private readonly HashCounts[] _stageIndexes;
    private readonly byte[] _prefixLengths = new byte[PrefixField.Count];
    private readonly PrefixIndex[] _prefixes;
    private readonly int _prefixStage;
    private readonly uint _portsMask;
    private readonly PrefixTrie? _ports;
    private MatchEntries _entries;

    /// <summary>An empty subtable.</summary>
    /// <param name="mask">What its rules match on.</param>
    /// <param name="number">Grows from one subtable of the table to the next.</param>
    /// <param name="prefixes">The table's prefixes, one for each <see cref="PrefixField"/>.</param>
    /// <param name="capacity">For how many matches there is room at first.</param>
    public Subtable(FlowMask mask, long number, PrefixIndex[] prefixes, int capacity)
    {
        _mask = mask;
        Number = number;
        _prefixes = prefixes;
        _stageEnds = FindStageEnds(mask, out _prefixStage);
        for (int i = 0; i < PrefixField.Count; i++)
        {
            _prefixLengths[i] = (byte)PrefixField.All[i].PrefixLength(mask);
            _hasPrefixes |= _prefixLengths[i] != 0;
        }

        _stageIndexes = new HashCounts[_stageEnds.Length - 1];
        for (int i = 0; i < _stageIndexes.Length; i++)
            _stageIndexes[i] = new HashCounts();
        _portsMask = (uint)(mask.WordAt(_portsWord) >> PortsShift);
        if (_portsMask != 0)
            _ports = new PrefixTrie();
        _entries = new MatchEntries(Math.Max(SmallestCapacity, capacity), mask.Words.Length);
        ReservePrefixes(capacity);
    }

    /// <summary>What its rules match on.</summary>
    public FlowMask Mask => _mask;

    /// <summary>Less than that of a subtable that was made later.</summary>
    public long Number { get; }

    private int PortsLength => PortsBits - int.CreateChecked(uint.TrailingZeroCount(_portsMask));

    /// <summary>
    /// The rule for a flow that a version has; null if there is none. What was looked at is added to <paramref name="wildcards"/>.
    /// </summary>
    public Rule? Lookup(ReadOnlySpan<ulong> flow, ulong version, Span<ulong> wildcards, ref PrefixLookups prefixes)
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
        Rule? rule = Volatile.Read(ref _entries).Find(flow, _mask, hash);
        while (rule is not null && !rule.IsIn(version))
            rule = Volatile.Read(ref rule.Lower);
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
        int bits = _ports!.DecidingBits(ports, PortsBits);
        uint used = _portsMask & (uint)(PrefixTrie.PrefixMask(bits) >> 96);
        ulong before = wildcards[_portsWord];
        _mask.MarkUsed(wildcards, _mask.Words.Length);
        ulong portsMask = (ulong)_portsMask << PortsShift;
        wildcards[_portsWord] = (wildcards[_portsWord] & ~portsMask) | (before & portsMask) | ((ulong)used << PortsShift);
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
}
