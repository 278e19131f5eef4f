using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>A refusal (<c>OFPT_ERROR</c>).</summary>
/// <param name="Code">The error's numbers.</param>
/// <param name="Data">The message that was refused, whole, or a text.</param>
internal sealed record ErrorMessage(ErrorCode Code, ImmutableArray<byte> Data) : OpenFlowMessage, IWireDecoder<ErrorMessage>
{
    private const int FixedLength = 12;
    private const int ExperimenterLength = 8;

    /// <summary>
    /// The refusal of a message (<c>ofperr_encode_reply</c>). Its data is the whole message: ovs-ofctl prints it. An error that the
    /// version has no code for is said to be one that cannot be said.
    /// </summary>
    public static ErrorMessage Refuse(OpenFlowVersion version, OpenFlowError error, ReadOnlySpan<byte> message)
    {
        ErrorCode code = error.In(version) ?? BadRequest.UnencodableError.In(version) ?? default;
        int room = ushort.MaxValue - FixedLength - (code.Vendor != 0 ? ExperimenterLength : 0);
        return new ErrorMessage(code, [.. message[..Math.Min(message.Length, room)]]);
    }

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out ErrorMessage? message)
    {
        ushort type = body.U16();
        ushort code = body.U16();
        uint vendor = 0;
        if (type == ErrorCode.NiciraType && context.Version < OpenFlowVersion.V12)
        {
            vendor = body.U32();
            type = body.U16();
            code = body.U16();
        }
        else if (type == ErrorCode.Experimenter && context.Version >= OpenFlowVersion.V12)
        {
            vendor = body.U32();
        }

        message = new ErrorMessage(new ErrorCode(vendor, type, code), [.. body.TakeRest()]);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        bool isNicira = Code.Vendor != 0 && context.Version < OpenFlowVersion.V12;
        writer.U16(isNicira ? ErrorCode.NiciraType : Code.Type);
        writer.U16(isNicira ? (ushort)0 : Code.Code);
        if (isNicira || (Code.Type == ErrorCode.Experimenter && context.Version >= OpenFlowVersion.V12))
            writer.U32(Code.Vendor);
        if (isNicira)
        {
            writer.U16(Code.Type);
            writer.U16(Code.Code);
        }

        writer.Bytes(Data.AsSpan());
    }
}
