using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>
/// How a packet goes on that <c>controller(pause)</c> has sent to a controller: what is between <see cref="PacketInMessage.Continuation"/>.
/// A controller hands it back as it came; what it hands back may be anything.
/// </summary>
/// <remarks>
/// The layout is Open vSwitch's (<c>NXCPT_*</c>), so that its tools print it. Behind it comes a property of our own, with what the datapath
/// wants back with the packet: Open vSwitch forgets that, so that a packet that was put together from fragments does not leave it again.
/// </remarks>
internal sealed record Continuation
{
    /// <summary>Our experimenter's number of the property's, and the property's number.</summary>
    internal const uint OriginExperimenter = 0x5550_4143;
    internal const uint OriginProperty = 1;

    private const ushort ExperimenterType = ushort.MaxValue;

    // The least MTU of IPv4 (RFC 791): a kernel cuts by what it is told, and is not told what leaves no room for data.
    private const ushort LeastMru = 68;

    // NXCPT_*.
    private enum Property : ushort
    {
        Bridge = 0x8000,
        Stack,
        Mirrors,
        Conntracked,
        Table,
        Cookie,
        Actions,
        ActionSet,
        DatapathPort,
    }

    /// <summary>Which bridge goes on with it.</summary>
    public required UInt128 Bridge { get; init; }

    /// <summary>Whether the packet has been through conntrack.</summary>
    public bool IsConntracked { get; init; }

    /// <summary>What is left to be done.</summary>
    public ImmutableArray<FrozenAction> Actions { get; init; } = [];

    /// <summary>The datapath's port that the packet came from, null for none.</summary>
    public uint? DatapathPort { get; init; }

    /// <summary>The largest fragment that the packet was put together from, bytes of layer 3; 0 for none.</summary>
    public ushort Mru { get; init; }

    /// <summary>The packet's hash, as the datapath has it; 0 for none.</summary>
    public ulong Hash { get; init; }

    /// <summary>Where the datapath shall send what comes of the packet; 0 for anywhere.</summary>
    public uint UpcallPid { get; init; }

    /// <summary>The properties, for a packet-in.</summary>
    public ImmutableArray<byte> Encode(OpenFlowVersion version)
    {
        var writer = new WireWriter();
        int bridge = WireProperty.Start(writer, (ushort)Property.Bridge);
        writer.Number(Bridge, 16);
        WireProperty.End(writer, bridge);
        if (IsConntracked)
            WireProperty.PutBytes(writer, (ushort)Property.Conntracked, []);
        EncodeActions(version, writer);
        if (DatapathPort is uint port)
            WireProperty.Put32(writer, (ushort)Property.DatapathPort, port);
        if (Mru != 0 || Hash != 0 || UpcallPid != 0)
        {
            int origin = WireProperty.Start(writer, ExperimenterType);
            writer.U32(OriginExperimenter);
            writer.U32(OriginProperty);
            writer.U32(UpcallPid);
            writer.U64(Hash);
            writer.U16(Mru);
            WireProperty.End(writer, origin);
        }

        return [.. writer.Written];
    }

    /// <summary>Reads what a controller hands back.</summary>
    public static OpenFlowError? Decode(OpenFlowVersion version, ReadOnlySpan<byte> bytes, out Continuation? continuation)
    {
        continuation = null;
        var reader = new WireReader(bytes);
        var read = new Continuation { Bridge = 0 };
        ImmutableArray<FrozenAction>.Builder actions = ImmutableArray.CreateBuilder<FrozenAction>();
        bool hasBridge = false;
        byte table = 0;
        ulong cookie = 0;
        while (reader.Left > 0)
        {
            if (WireProperty.TryTake(ref reader, out ushort type, out WireReader payload) is { } broken)
                return broken;
            OpenFlowError? error = null;
            switch ((Property)type)
            {
                case Property.Bridge:
                    read = read with { Bridge = payload.Number(16) };
                    hasBridge = true;
                    break;
                case Property.Conntracked:
                    read = read with { IsConntracked = true };
                    break;
                case Property.Table:
                    table = payload.U8();
                    break;
                case Property.Cookie:
                    payload.Skip(sizeof(uint));
                    cookie = payload.U64();
                    break;
                case Property.Actions:
                    error = DecodeActions(version, ref payload, table, cookie, actions);
                    break;
                case Property.DatapathPort:
                    read = read with { DatapathPort = payload.U32() };
                    break;
                case Property.Stack or Property.Mirrors or Property.ActionSet:
                    // Nothing of the kind is ever left behind here.
                    return BadProperty.BadValue;
                default:
                    error = type == ExperimenterType ? TakeOrigin(ref payload, ref read) : WireProperty.Unknown(type);
                    break;
            }

            if (error is not null)
                return error;
            if (payload.Failed)
                return BadProperty.BadLength;
        }

        continuation = read with { Actions = actions.DrainToImmutable() };
        return hasBridge ? null : ResumeFailed.Stale;
    }

    private void EncodeActions(OpenFlowVersion version, WireWriter writer)
    {
        byte table = 0;
        ulong cookie = 0;
        for (int i = 0; i < Actions.Length;)
        {
            FrozenAction first = Actions[i];
            if (first.Table != table)
                WireProperty.Put8(writer, (ushort)Property.Table, table = first.Table);
            if (first.Cookie != cookie)
                WireProperty.Put64(writer, (ushort)Property.Cookie, cookie = first.Cookie);
            int start = WireProperty.Start(writer, (ushort)Property.Actions);
            writer.Zero(sizeof(uint));
            for (; i < Actions.Length && Actions[i].Table == table && Actions[i].Cookie == cookie; i++)
                ActionEncoder.Encode(new ActionWriting(version), writer, AsAction(Actions[i].Action));
            WireProperty.End(writer, start);
        }
    }

    /// <summary>An instruction has no place among actions: going on in a table, which a rule ends with, is a resubmit there.</summary>
    private static OpenFlowAction AsAction(OpenFlowAction action) =>
        action is GotoTableAction next ? new ResubmitAction(port: null, next.Table, withConnection: false) : action;

    private static OpenFlowError? DecodeActions(
        OpenFlowVersion version, ref WireReader payload, byte table, ulong cookie, ImmutableArray<FrozenAction>.Builder actions)
    {
        payload.Skip(sizeof(uint));
        if (payload.Failed)
            return BadProperty.BadLength;
        OpenFlowError? error = ActionListCodec.Decode(ActionContext.Of(version), new WireReader(payload.TakeRest()), out ActionList list);
        if (error is not null)
            return error;
        foreach (OpenFlowAction action in list.Actions)
            actions.Add(new FrozenAction(action, table, cookie));
        return null;
    }

    private static OpenFlowError? TakeOrigin(ref WireReader payload, ref Continuation read)
    {
        uint experimenter = payload.U32();
        if (payload.Failed)
            return BadProperty.BadLength;
        if (experimenter != OriginExperimenter || payload.U32() != OriginProperty)
            return BadProperty.BadExperimenterType;
        read = read with { UpcallPid = payload.U32(), Hash = payload.U64(), Mru = payload.U16() };
        return read.Mru is > 0 and < LeastMru ? BadProperty.BadExperimenterValue : null;
    }
}
