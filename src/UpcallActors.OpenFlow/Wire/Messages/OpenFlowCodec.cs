namespace UpcallActors.OpenFlow;

/// <summary>Messages from and to bytes. What a peer sends never throws: it is a message, or the error that the peer gets.</summary>
internal static class OpenFlowCodec
{
    private const byte ExperimenterType = 4;
    private const ushort ExperimenterStatistic = 0xffff;
    private const int PadOfExperimenter10 = 4;

    /// <summary>Reads a whole message; its length is the span's.</summary>
    /// <param name="message">The message with its header.</param>
    /// <param name="decoded">What it says; null with an error.</param>
    /// <param name="hasTableId">Whether a flow-mod of 1.0 has a table in its command.</param>
    public static OpenFlowError? Decode(ReadOnlySpan<byte> message, out DecodedMessage? decoded, bool hasTableId = false)
    {
        decoded = null;
        if (message.Length < OpenFlowHeader.Size)
            return BadRequest.BadLength;
        OpenFlowHeader header = OpenFlowHeader.Read(message);
        if (header.Length != message.Length)
            return BadRequest.BadLength;
        var body = new WireReader(message[OpenFlowHeader.Size..]);
        if (FindForm(header, ref body, out MessageForm? form, out ushort flags) is { } unknown)
            return unknown;
        if (!form!.Allows(body.Left))
            return BadRequest.BadLength;
        var context = new WireContext((OpenFlowVersion)header.Version, form, hasTableId);
        if (form.Decode(context, ref body, out OpenFlowMessage? said) is { } error)
            return error;
        if (body.Failed || said is null)
            return BadRequest.BadLength;
        decoded = new DecodedMessage(header, form, flags, said, hasTableId);
        return null;
    }

    /// <summary>Finds the layout of a message by its headers alone.</summary>
    public static OpenFlowError? FindForm(ReadOnlySpan<byte> message, out MessageForm? form)
    {
        var body = new WireReader(message[OpenFlowHeader.Size..]);
        return FindForm(OpenFlowHeader.Read(message), ref body, out form, out _);
    }

    /// <summary>Appends a message in a layout, with its headers.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="version">The number of the version, as it goes into the header.</param>
    /// <param name="xid">The transaction.</param>
    /// <param name="form">The layout.</param>
    /// <param name="body">What to say.</param>
    /// <param name="flags">Of a multipart message its flags.</param>
    /// <param name="hasTableId">Whether a flow-mod of 1.0 has a table in its command.</param>
    public static void Encode(
        WireWriter writer, byte version, uint xid, MessageForm form, OpenFlowMessage body, ushort flags = 0, bool hasTableId = false)
    {
        int start = writer.Length;
        WriteHeaders(writer, version, xid, form, flags);
        body.Encode(new WireContext((OpenFlowVersion)version, form, hasTableId), writer);
        writer.PatchLength(start + sizeof(ushort), start);
    }

    /// <summary>Appends what was read as it came.</summary>
    public static void Encode(WireWriter writer, DecodedMessage message) =>
        Encode(
            writer, message.Header.Version, message.Header.Xid, message.Form, message.Body, message.Flags, message.HasTableId);

    /// <summary>Finds the layout by the headers, which the reader passes (<c>ofphdrs_decode</c>).</summary>
    private static OpenFlowError? FindForm(in OpenFlowHeader header, ref WireReader body, out MessageForm? form, out ushort flags)
    {
        flags = 0;
        form = null;
        MessageSpace space = MessageSpace.Standard;
        uint number = header.Type;
        if (header.Type == ExperimenterType)
        {
            if (TakeExperimenter(ref body, out space, out number) is { } problem)
                return problem;
        }
        else if (MultipartSpace(header) is { } multipart)
        {
            space = multipart;
            number = body.U16();
            flags = body.U16();
            if (header.Version != (byte)OpenFlowVersion.V10)
                body.Skip(sizeof(uint));
            if (number == ExperimenterStatistic)
            {
                if (TakeExperimenter(ref body, out MessageSpace vendor, out number) is { } problem)
                    return problem;
                if (header.Version == (byte)OpenFlowVersion.V10)
                    body.Skip(PadOfExperimenter10);
                space = (vendor, multipart) switch
                {
                    (MessageSpace.Nicira, MessageSpace.Request) => MessageSpace.NiciraRequest,
                    (MessageSpace.Nicira, _) => MessageSpace.NiciraReply,
                    (_, MessageSpace.Request) => MessageSpace.OnfRequest,
                    _ => MessageSpace.OnfReply,
                };
            }
        }

        if (body.Failed)
            return BadRequest.BadLength;
        if (MessageForms.TryFind(space, header.Version, number, out form))
            return null;
        return space is not (MessageSpace.Standard or MessageSpace.Request or MessageSpace.Reply) ? BadRequest.BadSubtype
            : space == MessageSpace.Standard ? BadRequest.BadType
            : BadRequest.BadStat;
    }

    private static OpenFlowError? TakeExperimenter(ref WireReader body, out MessageSpace space, out uint number)
    {
        uint vendor = body.U32();
        space = vendor == Experimenters.Nicira ? MessageSpace.Nicira : MessageSpace.Onf;
        number = 0;
        if (body.Failed)
            return BadRequest.BadLength;
        if (vendor is not (Experimenters.Nicira or Experimenters.Onf))
            return BadRequest.BadVendor;
        number = body.U32();
        return null;
    }

    private static MessageSpace? MultipartSpace(in OpenFlowHeader header)
    {
        byte request = RequestType(header.Version);
        return header.Type == request ? MessageSpace.Request : header.Type == request + 1 ? MessageSpace.Reply : null;
    }

    /// <summary>The type of a request for statistics; a reply's is the next one.</summary>
    private static byte RequestType(byte version) => version == (byte)OpenFlowVersion.V10 ? (byte)16 : (byte)18;

    private static void WriteHeaders(WireWriter writer, byte version, uint xid, MessageForm form, ushort flags)
    {
        bool isFirst = version == (byte)OpenFlowVersion.V10;
        byte type = form.IsMultipart ? (byte)(RequestType(version) + (form.IsMultipartReply ? 1 : 0))
            : form.IsExperimental ? ExperimenterType
            : (byte)form.Number;
        writer.U8(version);
        writer.U8(type);
        writer.U16(0);
        writer.U32(xid);
        if (form.IsMultipart)
        {
            writer.U16(form.IsExperimental ? ExperimenterStatistic : (ushort)form.Number);
            writer.U16(flags);
            writer.Zero(isFirst ? 0 : sizeof(uint));
        }

        if (!form.IsExperimental)
            return;
        writer.U32(
            form.Space is MessageSpace.Nicira or MessageSpace.NiciraRequest or MessageSpace.NiciraReply
                ? Experimenters.Nicira
                : Experimenters.Onf);
        writer.U32(form.Number);
        writer.Zero(isFirst && form.IsMultipart ? PadOfExperimenter10 : 0);
    }
}
