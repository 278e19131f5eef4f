using UpcallActors.Linux;

namespace UpcallActors.Embedded;

/// <summary>A list of action attributes inside an array: can be kept for later, as a span cannot.</summary>
internal readonly record struct ActionSlice(byte[] Bytes, int Offset, int Length)
{
    /// <summary>A whole array.</summary>
    public ActionSlice(byte[] bytes)
        : this(bytes, 0, bytes.Length)
    {
    }

    public ReadOnlySpan<byte> Span => Bytes.AsSpan(Offset, Length);

    /// <summary>The list nested in the payload of an attribute of this list.</summary>
    public ActionSlice Nested(NetlinkAttribute attribute) => new(Bytes, Offset + attribute.PayloadOffset, attribute.Payload.Length);

    /// <summary>Whether an attribute is the last of this list.</summary>
    public bool IsLast(NetlinkAttribute attribute) =>
        NetlinkAlignment.Align(attribute.PayloadOffset + attribute.Payload.Length) >= Length;
}
