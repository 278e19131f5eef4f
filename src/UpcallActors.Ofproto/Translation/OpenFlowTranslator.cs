using System.Diagnostics.CodeAnalysis;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// Translates the upcalls of one lane, or the flows of one revalidator, through
/// the flow tables of the bridge they came in on (<c>xlate_actions</c>).
/// </summary>
internal sealed class OpenFlowTranslator(OpenFlowTranslatorFactory factory, ITranslationObserver? observer, int number = 0)
    : IUpcallTranslator
{
    private const byte EcnBits = 3;
    private const int TunnelWords = 8;

    private static readonly BridgePort _noPort = new(OpenFlowPorts.None, BridgePort.NoDatapathPort, "");

    private readonly XlateScratch _scratch = new(number) { Observer = observer };
    private InjectedPacket? _injected;

    /// <summary>Whether it is for packets of controllers: addresses are learned when these are sent.</summary>
    public bool LearnsLater
    {
        init => _scratch.Heard = value ? [] : null;
    }

    /// <summary>What a packet begins with instead of the tables, because a controller sends it; null for one that has come in.</summary>
    public ActionList? PacketOut { get; init; }

    /// <summary>The packet as the last translation left it.</summary>
    public Flow Final => _scratch.Flow;

    /// <summary>Every bit that the last translation looked at, registers included, as it left them.</summary>
    public Flow LookedAt => _scratch.Wildcards;

    /// <inheritdoc/>
    public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask)
    {
        if (upcall.Command == PacketCommand.Action && UserspaceCookie.TryRead(upcall.UserData, out UserspaceCookie cookie)
            && cookie.Reason == UserspaceReason.Refragment)
            return Refragment(upcall, (uint)cookie.Argument, actions);
        bool mayInstall = upcall.Command == PacketCommand.Miss && OvsFlowKeyReader.CanBeFlow(upcall.KeyAttributes, upcall.Key);
        return Translate(upcall.Key, mayInstall, upcall.Credit, learns: true, upcall.Origin.Mru, actions, ref mask);
    }

    /// <inheritdoc/>
    public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask) =>
        Translate(key, mayInstall: true, credit, learns: credit.Packets != 0, mru: 0, actions, ref mask);

    /// <summary>
    /// Translates a packet that a controller sends or lets go on. What else it has done to the bridge waits for
    /// <see cref="TakeEffects"/>, since the packet may not be sent at all.
    /// </summary>
    public Translation Translate(InjectedPacket packet, Span<byte> actions)
    {
        _scratch.Credited.Clear();
        _scratch.Heard?.Clear();
        FlowKey key = packet.Flow.Key;
        FlowKey mask = default;
        MegaflowMask.Begin(key, ref mask);
        _scratch.Flow = packet.Flow;
        _injected = packet;
        try
        {
            var terms = new Terms(factory.Version, MayInstall: false, Learns: observer is null, packet.Origin.Mru);
            return Follow(packet.Bridge, packet.Port, terms, key, actions, ref mask);
        }
        finally
        {
            _injected = null;
        }
    }

    /// <summary>What the last translation of an <see cref="InjectedPacket"/> is to do when the packet is sent.</summary>
    public PacketEffects TakeEffects() => new(_scratch.Credited.Take(), [.. _scratch.Heard ?? []]);

    private void Begin(FrozenState? frozen, bool mayReceive, ref XlateContext context)
    {
        bool hasActions = _injected is not null || frozen is { Actions.IsEmpty: false } || (PacketOut is not null && frozen is null);
        if (!hasActions)
            context.TranslateFirst(mayReceive);
        else if (mayReceive)
            Do(frozen, ref context);
        context.FinishFreezing();
        if (context.Bridge.HasInBand)
            context.OutputToLocalForInBand();
    }

    private void Do(FrozenState? frozen, ref XlateContext context)
    {
        if (_injected is { } packet)
            context.DoLeft(packet.Actions.AsSpan());
        else if (frozen is { Actions.IsEmpty: false })
            context.Resume(frozen);
        else
            context.Do(PacketOut!, last: true);
    }

    /// <summary>Translates an invented packet from its place in the tables: no rule is credited.</summary>
    public Translation Translate(TracedPacket packet, ushort mru, Span<byte> actions, ref FlowKey mask)
    {
        _scratch.Credited.Clear();
        FlowKey key = packet.Flow.Key;
        MegaflowMask.Begin(key, ref mask);
        _scratch.Flow = packet.Flow;
        return Follow(packet.Bridge, packet.Port, new Terms(factory.Version, MayInstall: true, Learns: false, mru), key, actions, ref mask);
    }

    /// <summary>
    /// Translates, then credits the rules on the way: only then, since a translation that throws may be made again for other packets.
    /// </summary>
    private Translation Translate(in FlowKey key, bool mayInstall, FlowCredit credit, bool learns, ushort mru, Span<byte> actions,
        ref FlowKey mask)
    {
        _scratch.Credited.Clear();
        Translation translation = Translate(key, mayInstall, learns && observer is null, mru, actions, ref mask);
        if (observer is null)
            _scratch.Credited.Credit(credit);
        return translation;
    }

    private Translation Translate(in FlowKey key, bool mayInstall, bool learns, ushort mru, Span<byte> actions, ref FlowKey mask)
    {
        // The version first: it must not be newer than what is translated through.
        var terms = new Terms(factory.Version, mayInstall, learns, mru);
        MegaflowMask.Begin(key, ref mask);
        if (!factory.BridgeSet.TryFindInput(key, out Bridge? bridge, out BridgePort? port)
            && !TryFindSender(key, ref terms, out bridge, out port))
            return Drop(XlateError.BridgeNotFound, terms.Version, mayInstall, key, ref mask);
        _scratch.Flow = new Flow(key, port.Number);
        return Follow(bridge, port, terms, key, actions, ref mask);
    }

    /// <summary>
    /// The bridge of a packet that comes back from a recirculation, and that a controller had sent from no port of the datapath
    /// (<c>xlate_lookup_ofproto_</c>); it may have gone through patch ports since. No flow stands for such packets: its key would say
    /// that they come from a port.
    /// </summary>
    private bool TryFindSender(
        in FlowKey key, ref Terms terms, [NotNullWhen(true)] out Bridge? bridge, [NotNullWhen(true)] out BridgePort? port)
    {
        bridge = null;
        port = _noPort;
        if (key.RecircId == 0 || !factory.Recirculations.TryGetState(key.RecircId, out FrozenState frozen)
            || !factory.BridgeSet.TryGetBridge(frozen.Bridge, out bridge))
            return false;
        terms = terms with { MayInstall = false };
        uint number = frozen.InPort;
        return number is OpenFlowPorts.None or OpenFlowPorts.Controller
            || (bridge.TryGetPort(number, out BridgePort? patch) && patch.Patch is not null && key.DatapathPort == port.DatapathPort);
    }

    /// <summary>
    /// Translates the packet in <see cref="_scratch"/>: in the bridge it came in on, or in the one in which it was recirculated.
    /// </summary>
    private Translation Follow(Bridge bridge, BridgePort port, in Terms terms, in FlowKey key, Span<byte> actions, ref FlowKey mask)
    {
        FrozenState? frozen = null;
        Bridge entered = bridge;
        // Of the bridge that it came in on, which that of the frozen state need not be.
        PortConfig config = bridge.Settings.Current.ConfigOf(port.Number);
        if (key.RecircId != 0)
        {
            if (!factory.Recirculations.TryGetState(key.RecircId, out frozen))
            {
                observer?.BridgeEntered(bridge);
                observer?.Noted(TranslationNote.UnknownRecirculation, key.RecircId);
                return new Translation { Version = terms.Version, Error = XlateError.NoRecirculationContext };
            }

            if (!factory.BridgeSet.TryGetBridge(frozen.Bridge, out Bridge? other))
                return Drop(XlateError.BridgeNotFound, terms.Version, terms.MayInstall, key, ref mask);
            bridge = other;
        }

        OdpSupport support = factory.Support;
        bool isIpv6 = key.EthType == EtherTypes.Ipv6;
        ref Flow flow = ref _scratch.Flow;
        support.Limit(isIpv6, ref flow.Key);
        _scratch.Base = flow;
        // The datapath keeps no tunnel key for a packet it has taken out of its tunnel: the first output to one sets it.
        _scratch.Base.Key.Words[..TunnelWords].Clear();
        _scratch.Wildcards = MegaflowMask.InTables(mask);

        using TablesSnapshot tables =
            _injected is { MeetsUnpublished: true } && bridge == _injected.Bridge ? bridge.Tables.ReadUnpublished() : bridge.Tables.Read();
        var context = new XlateContext(
            _scratch, factory, support, factory.BridgeSet, bridge, tables, port, terms.Learns, terms.Mru, actions)
        {
            IsPacketOut = _injected is { IsPacketOut: true } || PacketOut is not null,
            MayBeReassembled = _injected is { Origin.Mru: not 0 },
        };
        observer?.BridgeEntered(entered);
        Thaw(frozen, ref context);
        if (ReceiveCongestion(ref flow.Key))
            Begin(frozen, context.MayReceive(config), ref context);
        else
            context.Fail(XlateError.CongestionDrop);
        if (context.Actions.Overflowed)
            context.Fail(XlateError.ActionsTooLong);

        support.Limit(isIpv6, ref _scratch.Wildcards.Key);
        mask = _scratch.Wildcards.Key;
        if (context.Error != XlateError.None)
        {
            Translation dropped = Drop(
                context.Error, terms.Version, terms.MayInstall && context.Error != XlateError.ActionsTooLong, key, ref mask);
            return dropped with { VisitedTables = context.VisitedTables };
        }

        MegaflowMask.End(key, ref mask);
        context.UnwrapLastClone();
        return new Translation
        {
            ActionsLength = context.Actions.Length,
            InstallFlow = terms.MayInstall && !context.IsForThisPacketOnly,
            Version = terms.Version,
            VisitedTables = context.VisitedTables,
            ControllerPackets = context.ControllerPackets,
        };
    }

    /// <summary>
    /// Puts a packet out that a flow sent up because it is longer than a port takes. If it was put together from fragments, it leaves in
    /// fragments that fit the port; if not, it must not be cut.
    /// </summary>
    private Translation Refragment(in UpcallView upcall, uint datapathPort, Span<byte> actions)
    {
        ulong version = factory.Version;
        BridgeSet bridges = factory.BridgeSet;
        if (!bridges.TryFindPort(datapathPort, out BridgePort? port))
            return new Translation { Version = version, Error = XlateError.BridgeNotFound };
        ushort mru = upcall.Origin.Mru;
        if (mru == 0)
        {
            observer?.Noted(TranslationNote.TooLong, (uint)port.Mtu);
            return new Translation { Version = version, Error = XlateError.PacketTooLong };
        }

        var writer = new NetlinkWriter(actions);
        OvsActionWriter.Output(ref writer, datapathPort);
        ushort limit = mru > port.Mtu ? (ushort)port.Mtu : (ushort)0;
        if (limit != 0)
        {
            observer?.Noted(TranslationNote.MruClamped, limit);
            if (observer is null)
                factory.CountRefragmented(datapathPort);
        }

        return new Translation { Version = version, ActionsLength = writer.Length, MruLimit = limit };
    }

    /// <summary>A packet that cannot be helped is dropped, and so are those like it, in the datapath.</summary>
    private static Translation Drop(XlateError error, ulong version, bool installFlow, in FlowKey key, ref FlowKey mask)
    {
        MegaflowMask.End(key, ref mask);
        return new Translation { Version = version, Error = error, InstallFlow = installFlow };
    }

    /// <summary>Puts back the pipeline's state of a packet that comes from a recirculation.</summary>
    private void Thaw(FrozenState? frozen, ref XlateContext context)
    {
        ref Flow flow = ref context.Flow;
        if (_injected is { } packet)
        {
            context.Conntracked = packet.IsConntracked;
            if (!packet.IsConntracked)
                XlateContext.ClearConnection(ref flow.Key);
            return;
        }

        if (frozen is null)
        {
            // The packet may have been tracked before it came to us: by the host's own netfilter, in the same zone 0.
            context.Conntracked = (flow.Key.CtState & CtState.Tracked) != 0;
            context.WasTrackedBefore = true;
            return;
        }

        observer?.Resumed(context.Bridge, frozen.Table);
        frozen.Restore(ref flow);
        context.IsBehindPatch = frozen.IsBehindPatch;
        context.Table = frozen.Table;
        context.Conntracked = frozen.Conntracked;
        context.IsHashed = frozen.IsHashed;
        if (!frozen.Conntracked)
            XlateContext.ClearConnection(ref flow.Key);
    }

    /// <summary>
    /// Takes a tunnel's congestion mark over to the packet (<c>tnl_process_ecn</c>); false when the packet knows nothing of congestion
    /// marks and must be dropped (RFC 6040).
    /// </summary>
    private static bool ReceiveCongestion(ref FlowKey flow)
    {
        if (!flow.IsFromTunnel || flow.EthType is not (EtherTypes.Ipv4 or EtherTypes.Ipv6)
            || (flow.TunTos & EcnBits) != EcnBits)
            return true;
        if ((flow.NwTos & EcnBits) == 0)
            return false;
        flow.NwTos |= EcnBits;
        return true;
    }

    /// <summary>How a translation is made.</summary>
    /// <param name="Version">The tables' version before.</param>
    /// <param name="MayInstall">Whether a flow may stand for the packet.</param>
    /// <param name="Learns">Whether NORMAL learns of it.</param>
    /// <param name="Mru">The largest fragment that the packet was put together from, 0 for none.</param>
    private readonly record struct Terms(ulong Version, bool MayInstall, bool Learns, ushort Mru);
}
