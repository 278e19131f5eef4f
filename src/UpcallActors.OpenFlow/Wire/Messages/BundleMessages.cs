using System.Buffers.Binary;
using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>Opens, closes, commits or discards a bundle, or answers (<c>OFPT_BUNDLE_CONTROL</c>).</summary>
/// <param name="Id">The bundle.</param>
/// <param name="Type"><c>OFPBCT_*</c>; an answer's number is the request's and 1.</param>
/// <param name="Flags"><c>OFPBF_*</c>: 1 atomic, 2 ordered.</param>
internal sealed record BundleControlMessage(uint Id, ushort Type, ushort Flags) : OpenFlowMessage, IWireDecoder<BundleControlMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out BundleControlMessage? message)
    {
        message = new BundleControlMessage(body.U32(), body.U16(), body.U16());
        body.TakeRest();
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U32(Id);
        writer.U16(Type);
        writer.U16(Flags);
    }
}

/// <summary>A message for a bundle (<c>OFPT_BUNDLE_ADD_MESSAGE</c>).</summary>
/// <param name="Id">The bundle.</param>
/// <param name="Flags">The bundle's flags.</param>
/// <param name="Added">The message with its header, which is looked at by itself.</param>
internal sealed record BundleAddMessage(uint Id, ushort Flags, ImmutableArray<byte> Added)
    : OpenFlowMessage, IWireDecoder<BundleAddMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out BundleAddMessage? message)
    {
        message = null;
        uint id = body.U32();
        body.Skip(sizeof(ushort));
        ushort flags = body.U16();
        if (body.Left < OpenFlowHeader.Size)
            return BundleFailed.MessageBadLength;
        OpenFlowHeader header = OpenFlowHeader.Read(body.Rest);
        if (header.Version != (byte)context.Version)
            return BundleFailed.BadVersion;
        if (header.Length < OpenFlowHeader.Size || header.Length > body.Left)
            return BundleFailed.MessageBadLength;
        message = new BundleAddMessage(id, flags, [.. body.Take(header.Length)]);
        body.TakeRest();
        return null;
    }

    /// <summary>
    /// What is wrong with the message inside beside what it says (<c>ofputil_decode_bundle_add</c>): its transaction must be
    /// <paramref name="xid"/>, and its type one that a bundle can have.
    /// </summary>
    public OpenFlowError? FindMisfit(uint xid)
    {
        if (OpenFlowHeader.Read(Added.AsSpan()).Xid != xid)
            return BundleFailed.MessageBadXid;
        OpenFlowCodec.FindForm(Added.AsSpan(), out MessageForm? form);
        return form?.Type is MessageType.PortMod or MessageType.FlowMod or MessageType.GroupMod or MessageType.PacketOut
            ? null
            : BundleFailed.MessageUnsupported;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U32(Id);
        writer.Zero(sizeof(ushort));
        writer.U16(Flags);
        writer.Bytes(Added.AsSpan());
    }
}

/// <summary>A message of another controller that changed groups or meters (<c>OFPT_REQUESTFORWARD</c>).</summary>
/// <param name="Request">The message with its header.</param>
internal sealed record RequestForwardMessage(ImmutableArray<byte> Request) : OpenFlowMessage, IWireDecoder<RequestForwardMessage>
{
    private const int LengthOffset = 2;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out RequestForwardMessage? message)
    {
        message = null;
        if (body.Left < OpenFlowHeader.Size || BinaryPrimitives.ReadUInt16BigEndian(body.Rest[LengthOffset..]) != body.Left)
            return BadRequest.BadLength;
        message = new RequestForwardMessage([.. body.TakeRest()]);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer) => writer.Bytes(Request.AsSpan());
}
