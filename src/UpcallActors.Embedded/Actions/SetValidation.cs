using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>Checks SET and SET_MASKED as <c>validate_set</c> in the kernel: one writable key that the flow's packets have.</summary>
internal static class SetValidation
{
    private const uint LabelExcess = 0xfff0_0000;

    /// <summary>Returns <see cref="Errno.None"/> or why not.</summary>
    public static Errno Check(ReadOnlySpan<byte> payload, in FlowKey key, bool masked)
    {
        if (NetlinkAttributes.Check(payload) != NetlinkParseError.None)
            return Errno.Invalid;
        NetlinkAttributes.Enumerator keys = new NetlinkAttributes(payload).GetEnumerator();
        if (!keys.MoveNext())
            return Errno.Invalid;
        NetlinkAttribute field = keys.Current;
        if (keys.MoveNext())
            return Errno.Invalid;
        if (field.Type == OvsKeyAttribute.Tunnel)
            return masked ? Errno.Invalid : TunnelValidation.Check(field.Payload);
        int length = SetFields.LengthOf(field.Type);
        if (length == 0 || field.Payload.Length != (masked ? 2 * length : length))
            return Errno.Invalid;
        ReadOnlySpan<byte> value = field.Payload[..length];
        ReadOnlySpan<byte> mask = masked ? field.Payload[length..] : default;
        return IsWithin(value, mask) && IsWritable(field.Type, value, mask, key) ? Errno.None : Errno.Invalid;
    }

    private static bool IsWithin(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask)
    {
        for (int index = 0; index < mask.Length; index++)
        {
            if ((value[index] & ~mask[index]) != 0)
                return false;
        }

        return true;
    }

    private static bool IsWritable(ushort type, ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, in FlowKey key)
    {
        switch (type)
        {
            case OvsKeyAttribute.Ipv4:
                return key.EthType == EtherTypes.Ipv4 && FixedFieldsHold(value, mask, protocol: 8, fragment: 11, key);
            case OvsKeyAttribute.Ipv6:
                return key.EthType == EtherTypes.Ipv6
                    && FixedFieldsHold(value, mask, protocol: 36, fragment: 39, key)
                    && (BinaryPrimitives.ReadUInt32BigEndian(value[32..]) & LabelExcess) == 0
                    && (mask.IsEmpty || (BinaryPrimitives.ReadUInt32BigEndian(mask[32..]) & LabelExcess) == 0);
            case OvsKeyAttribute.Tcp:
                return HasTransport(key, IpProtocols.Tcp);
            case OvsKeyAttribute.Udp:
                return HasTransport(key, IpProtocols.Udp);
            case OvsKeyAttribute.Sctp:
                return HasTransport(key, IpProtocols.Sctp);
            default:
                return true;
        }
    }

    /// <summary>Protocol and fragment type cannot be written: absent from a mask, or equal to the flow's.</summary>
    private static bool FixedFieldsHold(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, int protocol, int fragment, in FlowKey key)
    {
        if (!mask.IsEmpty)
            return mask[protocol] == 0 && mask[fragment] == 0;
        byte wireFragment = (key.NwFrag & FlowKey.FragLater) != 0 ? (byte)2 : (byte)(key.NwFrag & FlowKey.FragAny);
        return value[protocol] == key.NwProto && value[fragment] == wireFragment;
    }

    private static bool HasTransport(in FlowKey key, byte protocol) =>
        key.EthType is EtherTypes.Ipv4 or EtherTypes.Ipv6 && key.NwProto == protocol;
}
