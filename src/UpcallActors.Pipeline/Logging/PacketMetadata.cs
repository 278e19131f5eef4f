using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>
/// What of a key is not in the packet but known beside it: where it came in, its tunnel, its connection (<c>struct
/// pkt_metadata</c>).
/// </summary>
internal static class PacketMetadata
{
    /// <summary>The attributes that are metadata, in the order of <c>odp_key_from_dp_packet</c>.</summary>
    private static readonly ushort[] _attributes =
    [
        OvsKeyAttribute.Priority,
        OvsKeyAttribute.DpHash,
        OvsKeyAttribute.Tunnel,
        OvsKeyAttribute.SkbMark,
        OvsKeyAttribute.CtState,
        OvsKeyAttribute.CtZone,
        OvsKeyAttribute.CtMark,
        OvsKeyAttribute.CtLabels,
        OvsKeyAttribute.CtOrigTupleIpv4,
        OvsKeyAttribute.CtOrigTupleIpv6,
        OvsKeyAttribute.InPort,
    ];

    /// <summary>
    /// Writes a key's metadata; a hash of 0 is none, and a packet without a connection's state has nothing else of a
    /// connection.
    /// </summary>
    public static void Write(ReadOnlySpan<byte> key, ref NetlinkWriter writer)
    {
        var attributes = new NetlinkAttributes(key);
        bool hasHash = HasNumber(attributes, OvsKeyAttribute.DpHash);
        bool hasConnection = HasNumber(attributes, OvsKeyAttribute.CtState);
        foreach (ushort type in _attributes)
        {
            bool isLeftOut = type == OvsKeyAttribute.DpHash ? !hasHash : IsOfConnection(type) && !hasConnection;
            if (!isLeftOut && attributes.TryFindLast(type, out NetlinkAttribute attribute))
                writer.Put(type, attribute.Payload);
        }
    }

    /// <summary>The key of the packet alone.</summary>
    public static FlowKey Without(in FlowKey key)
    {
        FlowKey packet = key;
        packet.Words[..FlowKey.L2Start].Clear();
        return packet;
    }

    private static bool IsOfConnection(ushort type) => type is >= OvsKeyAttribute.CtState and <= OvsKeyAttribute.CtOrigTupleIpv6;

    private static bool HasNumber(NetlinkAttributes attributes, ushort type) =>
        attributes.TryFindLast(type, out NetlinkAttribute attribute) && attribute.U32 != 0;
}
