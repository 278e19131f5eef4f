namespace UpcallActors.OpenFlow;

/// <summary>The first message of each side (<c>OFPT_HELLO</c>): the versions that it speaks.</summary>
/// <param name="Version">The number in the header, the highest.</param>
/// <param name="Bitmap">All of them, if the message says so.</param>
internal sealed record HelloMessage(byte Version, OpenFlowVersions? Bitmap) : OpenFlowMessage, IWireDecoder<HelloMessage>
{
    private const ushort BitmapElement = 1;
    private const int ElementHeader = 4;

    /// <summary>What it offers: the bitmap, or else all versions up to the header's.</summary>
    public OpenFlowVersions Versions => Bitmap ?? OpenFlowVersions.UpTo(Version);

    /// <summary>The message that offers <paramref name="versions"/>, as short as it can be (<c>ofputil_encode_hello</c>).</summary>
    public static HelloMessage Offer(OpenFlowVersions versions) =>
        new((byte)(versions.Highest ?? OpenFlowVersion.V10), versions.AreSaidByHighest ? null : versions);

    /// <summary>Reads it; elements that are unknown or broken are passed over (<c>ofputil_decode_hello</c>).</summary>
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out HelloMessage? message)
    {
        OpenFlowVersions? bitmap = null;
        while (body.Left >= ElementHeader)
        {
            ushort type = body.U16();
            int length = body.U16();
            if (length < ElementHeader)
                break;
            var element = new WireReader(body.Take(length - ElementHeader));
            body.Skip(Math.Min(-length & 7, body.Left));
            if (body.Failed)
                break;
            if (type == BitmapElement && bitmap is null && element.Left >= sizeof(uint))
                bitmap = new OpenFlowVersions(element.U32());
        }

        body = default;
        message = new HelloMessage((byte)context.Version, bitmap);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        if (Bitmap is not { } bitmap)
            return;
        writer.U16(BitmapElement);
        writer.U16(ElementHeader + sizeof(uint));
        writer.U32(bitmap.Bitmap);
    }
}
