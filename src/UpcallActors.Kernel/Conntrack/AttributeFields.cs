using System.Text;
using UpcallActors.Linux;

namespace UpcallActors.Kernel;

/// <summary>
/// Reads fields from a list of attributes by type. What is absent reads as 0 or empty; the first that is
/// too short, or is a malformed list itself, stays in <see cref="Error"/>. Numbers are in network order.
/// </summary>
internal ref struct AttributeFields
{
    private readonly NetlinkAttributes _list;

    public AttributeFields(ReadOnlySpan<byte> list)
    {
        _list = new NetlinkAttributes(list);
        Error = NetlinkAttributes.Check(list);
    }

    public NetlinkParseError Error { get; private set; }

    /// <summary>Takes over what went wrong in a list inside this one.</summary>
    public void Note(NetlinkParseError error) => Error = Error == NetlinkParseError.None ? error : Error;

    public readonly bool Has(ushort type) => _list.TryFindLast(type, out _);

    public byte U8(ushort type) => Find(type, sizeof(byte)).U8;

    public ushort U16(ushort type) => Find(type, sizeof(ushort)).U16BigEndian;

    public uint U32(ushort type) => Find(type, sizeof(uint)).U32BigEndian;

    public ulong U64(ushort type) => Find(type, sizeof(ulong)).U64BigEndian;

    /// <summary>The first <paramref name="length"/> bytes; empty when absent.</summary>
    public ReadOnlySpan<byte> Bytes(ushort type, int length)
    {
        ReadOnlySpan<byte> payload = Find(type, length).Payload;
        return payload.Length >= length ? payload[..length] : default;
    }

    /// <summary>A NUL-terminated string; null when absent.</summary>
    public readonly string? Text(ushort type)
    {
        if (!_list.TryFindLast(type, out NetlinkAttribute text))
            return null;
        int end = text.Payload.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text.Payload : text.Payload[..end]);
    }

    /// <summary>A list inside this one; an empty one when absent.</summary>
    public readonly AttributeFields Nest(ushort type) => new(_list.TryFindLast(type, out NetlinkAttribute nest) ? nest.Payload : default);

    private NetlinkAttribute Find(ushort type, int length)
    {
        if (_list.TryFindLast(type, out NetlinkAttribute attribute) && attribute.Payload.Length < length)
            Note(NetlinkParseError.AttributeSize);
        return attribute;
    }
}
