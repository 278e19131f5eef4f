using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// One running translation (<c>struct xlate_ctx</c> of Open vSwitch). Actions work on <see cref="Flow"/> and mark what they look at in
/// <see cref="Wildcards"/>; datapath actions are written when something needs the packet as it is by then.
/// </summary>
internal ref partial struct XlateContext
{
    /// <summary>How deep resubmits to the same or an earlier table may nest (<c>MAX_DEPTH</c>).</summary>
    public const int MaximumDepth = 64;

    /// <summary>How many resubmits that find a rule there may be in all (<c>MAX_RESUBMITS</c>).</summary>
    public const int MaximumResubmits = 4096;

    private const CtState AllStates = (CtState)0xff;

    private readonly XlateScratch _scratch;
    private readonly RecirculationTable _recirculations;
    private readonly BridgeSet _bridges;
    private readonly OdpSupport _support;
    private readonly BridgePort _input;
    private readonly ushort _mru;
    private readonly uint _originalTunnelIpv4Dst;
    private readonly UInt128 _originalTunnelIpv6Dst;
    private readonly bool _learns;
    private readonly ITranslationObserver? _observer;
    private TablesSnapshot _tables;
    private SettingsSnapshot _settings;
    private ControllerAction? _pausing;
    private Rule? _rule;
    private ulong _cookie = ulong.MaxValue;
    private int _clones;
    private int _lastClone;
    private int _lastCloneBody;
    private int _lastCloneEnd;
    private int _depth;
    private int _resubmits;
    private bool _mayBeReassembled;
    private bool _freezing;
    private bool _repeats;
    private uint _hashAlgorithm;
    private uint _hashBasis;

    /// <summary>
    /// Starts with the flow, base and wildcards that <paramref name="scratch"/>
    /// holds, for a packet that came in on <paramref name="input"/>. The bridge's tables stay the caller's.
    /// </summary>
    public XlateContext(XlateScratch scratch, OpenFlowTranslatorFactory factory, OdpSupport support, BridgeSet bridges, Bridge bridge,
        TablesSnapshot tables, BridgePort input, bool learns, ushort mru, Span<byte> actions)
    {
        _scratch = scratch;
        scratch.Left.Clear();
        _observer = scratch.Observer;
        _recirculations = factory.Recirculations;
        _support = support;
        _bridges = bridges;
        _tables = tables;
        _settings = bridge.Settings.Current;
        _input = input;
        _mru = mru;
        _learns = learns;
        _originalTunnelIpv4Dst = scratch.Flow.Key.TunIpv4Dst;
        _originalTunnelIpv6Dst = scratch.Flow.Key.TunIpv6Dst;
        Bridge = bridge;
        Actions = new NetlinkWriter(actions);
    }

    /// <summary>The bridge the packet is in.</summary>
    public Bridge Bridge { get; private set; }

    /// <summary>Datapath actions written so far.</summary>
    public NetlinkWriter Actions;

    /// <summary>The packet as the actions have changed it so far.</summary>
    public readonly ref Flow Flow => ref _scratch.Flow;

    /// <summary>Every bit that was looked at.</summary>
    public readonly ref Flow Wildcards => ref _scratch.Wildcards;

    /// <summary>
    /// Which bits of the connection's mark and label <c>ct(exec(…))</c> writes. Apart from <see cref="Wildcards"/>: the packet's own mark
    /// and label need not be looked at to write the connection's, and those that are read are not written.
    /// </summary>
    public readonly ref FlowKey ConnectionChanges => ref _scratch.ConnectionChanges;

    /// <summary>The observer of the translation, if there is one.</summary>
    public readonly ITranslationObserver? Observer => _observer;

    /// <summary>The table whose actions are at work.</summary>
    public byte Table { get; set; }

    /// <summary>Whether the packet has been through conntrack, so that its connection's fields mean something.</summary>
    public bool Conntracked
    {
        get;
        set
        {
            field = value;
            _mayBeReassembled |= value;
        }
    }

    /// <summary>
    /// Whether <see cref="Conntracked"/>, where it is true, is what the packet brought along, and not the doing of a table.
    /// </summary>
    public bool WasTrackedBefore { get; set; }

    /// <summary>Whether the packet has come from another bridge, so that nothing of a tunnel is to be seen any more.</summary>
    public bool IsBehindPatch { get; set; }

    /// <summary>Whether a controller has sent the packet, which is told so if it gets the packet back.</summary>
    public bool IsPacketOut { get; init; }

    /// <summary>Whether the datapath has hashed the packet, so that its hash means something.</summary>
    public bool IsHashed { get; set; }

    /// <summary>Whether the packet may have been put together from fragments, whatever the tables know of it.</summary>
    public bool MayBeReassembled
    {
        init => _mayBeReassembled = value;
    }

    /// <summary>The tables that were looked up so far (<see cref="Translation.VisitedTables"/>).</summary>
    public ulong VisitedTables { get; private set; }

    /// <summary>What ended the translation, if anything did.</summary>
    public XlateError Error { get; private set; }

    /// <summary>How many times the packet was to go to a controller.</summary>
    public int ControllerPackets { get; private set; }

    /// <summary>Whether the actions are right for this packet alone, so that no flow may stand for them.</summary>
    public bool IsForThisPacketOnly { get; private set; }

    /// <summary>Ends the translation; the first error stays.</summary>
    public void Fail(XlateError error)
    {
        if (Error != XlateError.None)
            return;
        Error = error;
        if (_observer is not null)
            NoteFailure(error);
    }

    /// <summary>Writes the header changes made so far.</summary>
    public void Commit() => HeaderCommit.Commit(
        Flow.Key, ref _scratch.Base.Key, ref Wildcards.Key, ref Actions, _support.Features.MaskedSet);

    /// <summary>
    /// Looks the packet up in <see cref="Table"/>, where it starts, and does what the rule says, unless its port takes nothing: then the
    /// rule is only credited, as in Open vSwitch (<c>xlate_actions</c>).
    /// </summary>
    public void TranslateFirst(bool mayReceive)
    {
        Rule rule = Lookup(Flow.InPort, withConnection: false, honorsMiss: true, out bool isMiss);
        _cookie = rule.Cookie;
        // A fragment that is dropped has met no flow, either.
        if (isMiss || rule == Bridge.Tables.Own.Fragments)
            _scratch.Credited.Add(Bridge.Tables.Unmatched);
        Follow(rule, last: true, mayReceive);
    }

    /// <summary>
    /// Looks the packet up in a table and does what the rule says, as if the packet had come in on <paramref name="inPort"/>. Only where
    /// <paramref name="honorsMiss"/> is set does the table say what becomes of a packet without a rule; otherwise it is dropped.
    /// Where <paramref name="isCopy"/> is set the rule's actions are done to a copy.
    /// </summary>
    public void TranslateTable(uint inPort, byte table, bool withConnection, bool honorsMiss, bool last, bool isCopy = false)
    {
        if (!MayResubmit())
            return;
        if (withConnection && !HasConnection())
        {
            _observer?.Noted(TranslationNote.NoConnection, 0);
            return;
        }

        byte from = Table;
        int deeper = table <= from ? 1 : 0;
        Table = table;
        Rule rule = Lookup(inPort, withConnection, honorsMiss, out bool isMiss);
        _resubmits += isMiss ? 0 : 1;
        _depth += deeper;
        Follow(rule, last, isCopy: isCopy);
        _depth -= deeper;
        Table = from;
    }

    /// <summary>Whether actions may nest deeper: within this thread's stack, and if there is room for what they write.</summary>
    public bool MayDescend()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            Fail(XlateError.RecursionTooDeep);
        else if (Actions.Overflowed)
            Fail(XlateError.ActionsTooLong);
        return Error == XlateError.None;
    }

    /// <summary>
    /// Whether a table may be looked at: that, and within Open vSwitch's limits of resubmits (<c>xlate_resubmit_resource_check</c>).
    /// </summary>
    private bool MayResubmit()
    {
        if (_depth >= MaximumDepth)
            Fail(XlateError.RecursionTooDeep);
        else if (_resubmits >= MaximumResubmits)
            Fail(XlateError.TooManyResubmits);
        return MayDescend();
    }

    private void Follow(Rule rule, bool last, bool mayReceive = true, bool isCopy = false)
    {
        bool isDropped = rule == Bridge.Tables.Own.Dropped;
        _observer?.TableEntered(Table, isDropped ? null : rule);
        Rule? around = _rule;
        ulong cookie = _cookie;
        _rule = rule;
        if (mayReceive)
        {
            _cookie = rule.Cookie;
            if (isCopy)
                Clone(rule.Actions, last);
            else
                Do(rule.Actions, last);
        }

        _rule = around;
        _cookie = cookie;
        _observer?.TableLeft();
    }

    private readonly void NoteFailure(XlateError error)
    {
        (TranslationNote note, uint argument) = error switch
        {
            XlateError.RecursionTooDeep => (TranslationNote.TooDeep, (uint)MaximumDepth),
            XlateError.TooManyResubmits => (TranslationNote.TooManyResubmits, (uint)MaximumResubmits),
            XlateError.CongestionDrop => (TranslationNote.CongestionDrop, 0u),
            XlateError.NotSupported => (TranslationNote.NotSupported, 0u),
            _ => (TranslationNote.ActionsTooLong, 0u),
        };
        _observer!.Noted(note, argument);
    }

    /// <summary>Looks the packet up in <see cref="Table"/> and credits the rule (<c>rule_dpif_lookup_from_table</c>).</summary>
    private Rule Lookup(uint inPort, bool withConnection, bool honorsMiss, out bool isMiss)
    {
        ref Flow flow = ref Flow;
        if (withConnection)
            SwapTuples();

        Rule? rule = null;
        TableMiss miss = TableMiss.Drop;
        // Whether it is a fragment is in every megaflow.
        bool isFragment = (flow.Key.NwFrag & FlowKey.FragAny) != 0;
        if (isFragment && _settings.Fragments == FragmentHandling.Drop)
        {
            rule = Bridge.Tables.Own.Fragments;
            VisitedTables |= TableSet.BitOf(Table, Bridge.Tables.FoldShift);
        }
        else
        {
            (ushort source, ushort destination, uint realInPort) = (flow.Key.TpSrc, flow.Key.TpDst, flow.InPort);
            // OpenFlow 1.0's "normal" treatment of fragments: none of them has ports, not even the first, which does have them.
            if (isFragment && _settings.Fragments == FragmentHandling.Normal)
                flow.Key.TpSrc = flow.Key.TpDst = 0;
            flow.InPort = inPort;
            rule = LookupFrom(flow, honorsMiss, out miss);
            (flow.Key.TpSrc, flow.Key.TpDst, flow.InPort) = (source, destination, realInPort);
        }

        if (withConnection)
            SwapTuples();
        isMiss = rule is null;
        rule ??= AsksControllers(miss) ? Bridge.Tables.Own.Missed : Bridge.Tables.Own.Dropped;
        _scratch.Credited.Add(Bridge.Tables, rule, isMiss ? rule.Table : Table);
        return rule;
    }

    /// <summary>
    /// Whether a packet without a flow goes to the controllers. A port can have it otherwise only where the table says so, and not where
    /// the connected versions do.
    /// </summary>
    private readonly bool AsksControllers(TableMiss miss) => miss switch
    {
        TableMiss.Drop => false,
        TableMiss.Default => true,
        _ => Bridge.TryGetPort(Flow.InPort, out BridgePort? port) && !Has(port, PortConfig.NoPacketIn),
    };

    /// <summary>
    /// Looks in <see cref="Table"/>, and in the tables behind it as long as there is no rule and the table says to continue. A packet that
    /// comes to the end of the tables so goes to the controllers.
    /// </summary>
    private Rule? LookupFrom(in Flow flow, bool honorsMiss, out TableMiss miss)
    {
        FlowTables tables = Bridge.Tables;
        for (; ; Table++)
        {
            VisitedTables |= TableSet.BitOf(Table, tables.FoldShift);
            miss = TableMiss.Drop;
            if (_tables.Lookup(Table, flow, ref Wildcards) is { } rule)
                return rule;
            _scratch.Credited.Miss(tables, Table);
            if (!honorsMiss || Table >= FlowCheck.InternalTable)
                return null;
            miss = tables.MissIn(Table);
            if (miss != TableMiss.Continue || Table == FlowCheck.InternalTable - 1)
                return null;
        }
    }

    /// <summary>Whether the packet shows the addresses of its connection; the state's bits decide that, so they are marked.</summary>
    private readonly bool HasConnection()
    {
        Wildcards.Key.CtState |= AllStates;
        Wildcards.Key.CtOrigProto = byte.MaxValue;
        return Flow.Key.CtOrigProto != 0 && Flow.Key.EthType is EtherTypes.Ipv4 or EtherTypes.Ipv6;
    }

    /// <summary>
    /// Lets the connection's original direction stand where the packet's
    /// own addresses are, in flow and wildcards alike (<c>tuple_swap</c>).
    /// </summary>
    private readonly void SwapTuples()
    {
        bool ipv4 = Flow.Key.EthType == EtherTypes.Ipv4;
        SwapTuple(ref Flow.Key, ipv4);
        SwapTuple(ref Wildcards.Key, ipv4);
    }

    private static void SwapTuple(ref FlowKey key, bool ipv4)
    {
        (key.NwProto, key.CtOrigProto) = (key.CtOrigProto, key.NwProto);
        (key.TpSrc, key.CtOrigTpSrc) = (key.CtOrigTpSrc, key.TpSrc);
        (key.TpDst, key.CtOrigTpDst) = (key.CtOrigTpDst, key.TpDst);
        if (ipv4)
        {
            (key.Ipv4Src, key.CtOrigIpv4Src) = (key.CtOrigIpv4Src, key.Ipv4Src);
            (key.Ipv4Dst, key.CtOrigIpv4Dst) = (key.CtOrigIpv4Dst, key.Ipv4Dst);
        }
        else
        {
            (key.Ipv6Src, key.CtOrigIpv6Src) = (key.CtOrigIpv6Src, key.Ipv6Src);
            (key.Ipv6Dst, key.CtOrigIpv6Dst) = (key.CtOrigIpv6Dst, key.Ipv6Dst);
        }
    }
}
