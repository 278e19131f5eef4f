using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>Actions that send a packet somewhere, from bytes.</summary>
internal static class OutputActionsDecoder
{
    internal const ushort MaximumLengthProperty = 0;
    internal const ushort ControllerIdProperty = 1;
    internal const ushort ReasonProperty = 2;
    internal const ushort UserDataProperty = 3;
    internal const ushort PauseProperty = 4;
    internal const ushort MeterProperty = 5;
    internal const byte CurrentTable = 255;
    private const int ShortestCut = 14;
    private const int OffsetShift = 6;

    public static OpenFlowError? Output(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        uint port = context.Version == OpenFlowVersion.V10 ? body.U16() : body.U32();
        ushort length = body.U16();
        if (!WirePorts.TryNarrow(context.Version, ref port) || !CanOutputTo(port))
            return BadAction.BadOutPort;
        action = port == OpenFlowPorts.Controller
            ? new ControllerAction(ControllerRequest.Default with { MaximumLength = length }, [])
            : new OutputAction(port, 0) { SaidLength = length };
        return null;
    }

    /// <summary>A port that no packet can be cut for is taken: nothing goes there (<c>xlate_output_trunc_action</c>).</summary>
    public static OpenFlowError? OutputCut(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        uint port = body.U16();
        uint length = body.U32();
        action = new OutputAction(port, length);
        if (length < ShortestCut)
            return BadAction.BadArgument;
        return CanOutputTo(port) ? null : BadAction.BadOutPort;
    }

    public static OpenFlowError? OutputField(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        ushort bits = body.U16();
        if (TakeSource(ref body, bits, out SubField source) is { } error)
            return error;
        ushort length = body.U16();
        if (body.Rest.ContainsAnyExcept((byte)0))
            return BadAction.BadArgument;
        action = new OutputFieldAction(source) { MaximumLength = length };
        return null;
    }

    public static OpenFlowError? OutputField2(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        ushort bits = body.U16();
        ushort length = body.U16();
        if (TakeSource(ref body, bits, out SubField source) is { } error)
            return error;
        if (body.Rest.ContainsAnyExcept((byte)0))
            return BadRequest.MustBeZero;
        action = new OutputFieldAction(source) { MaximumLength = length, IsSecondForm = true };
        return null;
    }

    /// <summary>Whether there is such a group is asked when the flow is added.</summary>
    public static OpenFlowError? Group(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = new GroupAction(body.U32());
        return null;
    }

    public static OpenFlowError? Group10(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        body.Skip(sizeof(ushort));
        return Group(context, ref body, out action);
    }

    public static OpenFlowError? Meter(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = new MeterAction(body.U32());
        return null;
    }

    public static OpenFlowError? Resubmit(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = new ResubmitAction(InPort(body.U16()), table: null, withConnection: false);
        return null;
    }

    public static OpenFlowError? ResubmitTable(in ActionContext context, ref WireReader body, out OpenFlowAction? action) =>
        Resubmit(ref body, withConnection: false, out action);

    public static OpenFlowError? ResubmitTableConnection(in ActionContext context, ref WireReader body, out OpenFlowAction? action) =>
        Resubmit(ref body, withConnection: true, out action);

    public static OpenFlowError? Controller(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        var request = new ControllerRequest(body.U16(), 0, body.U16());
        byte reason = body.U8();
        action = new ControllerAction(request with { Reason = (ControllerReason)reason }, []) { IsExtension = true };
        return reason <= (byte)ControllerReason.PacketOut ? null : BadAction.BadArgument;
    }

    public static OpenFlowError? Controller2(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        ControllerRequest request = ControllerRequest.Default;
        ImmutableArray<byte> userData = [];
        bool pauses = false;
        uint meter = 0;
        if (body.Take(6).ContainsAnyExcept((byte)0))
            return BadRequest.MustBeZero;
        while (body.Left > 0)
        {
            if (WireProperty.TryTake(ref body, out ushort type, out WireReader payload) is { } error)
                return error;
            switch (type)
            {
                case MaximumLengthProperty:
                    request = request with { MaximumLength = payload.U16() };
                    break;
                case ControllerIdProperty:
                    request = request with { ControllerId = payload.U16() };
                    break;
                case ReasonProperty:
                    request = request with { Reason = (ControllerReason)payload.U8() };
                    break;
                case UserDataProperty:
                    userData = [.. payload.TakeRest()];
                    break;
                case PauseProperty:
                    pauses = true;
                    break;
                case MeterProperty:
                    meter = payload.U32();
                    break;
                default:
                    return WireProperty.Unknown(type);
            }

            if (payload.Failed)
                return BadProperty.BadLength;
        }

        action = new ControllerAction(request, userData) { IsExtension = true, Pauses = pauses, Meter = meter };
        return request.Reason <= ControllerReason.PacketOut ? null : BadAction.BadArgument;
    }

    /// <summary>Reads a field's header for bits of it that are said as start and length in one number (<c>nxm_decode_ofs</c>).</summary>
    internal static OpenFlowError? TakeSource(ref WireReader body, ushort bits, out SubField source)
    {
        source = default;
        if (FieldEntry.TakeHeader(ref body, out MatchField? field) is { } error)
            return error;
        source = new SubField(field!, bits >> OffsetShift, (bits & ((1 << OffsetShift) - 1)) + 1);
        return CheckBits(source);
    }

    /// <summary>Whether a field has the bits (<c>mf_check_src</c>).</summary>
    internal static OpenFlowError? CheckBits(in SubField bits) =>
        bits.Length == 0 || bits.Start + bits.Length > bits.Field.NumberedBits ? BadAction.BadSetLength : null;

    /// <summary>Start and length of bits in one number (<c>nxm_encode_ofs_nbits</c>).</summary>
    internal static ushort EncodeBits(in SubField bits) => (ushort)((bits.Start << OffsetShift) | (bits.Length - 1));

    /// <summary><c>ofpact_check_output_port</c>.</summary>
    private static bool CanOutputTo(uint port) => port is < OpenFlowPorts.Maximum or (>= OpenFlowPorts.InPort and not OpenFlowPorts.None);

    private static uint? InPort(ushort port) => port == OpenFlowPorts.InPort ? null : port;

    private static OpenFlowError? Resubmit(ref WireReader body, bool withConnection, out OpenFlowAction? action)
    {
        uint? port = InPort(body.U16());
        byte table = body.U8();
        action = new ResubmitAction(port, table == CurrentTable ? null : table, withConnection);
        return body.Rest.ContainsAnyExcept((byte)0) ? BadAction.BadArgument : null;
    }
}
