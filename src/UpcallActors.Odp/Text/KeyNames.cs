using System.Globalization;

namespace UpcallActors.Odp.Text;

/// <summary>Names of key attributes (<c>ovs_key_attr_to_string</c>), and which of them are plain numbers in host byte order.</summary>
internal static class KeyNames
{
    private static readonly (ushort Type, string Name, int Length)[] Numbers =
    [
        (OvsKeyAttribute.Priority, "skb_priority", 4), (OvsKeyAttribute.SkbMark, "skb_mark", 4), (OvsKeyAttribute.DpHash, "dp_hash", 4),
        (OvsKeyAttribute.RecircId, "recirc_id", 4), (OvsKeyAttribute.InPort, "in_port", 4), (OvsKeyAttribute.CtState, "ct_state", 4),
        (OvsKeyAttribute.CtZone, "ct_zone", 2), (OvsKeyAttribute.CtMark, "ct_mark", 4), (OvsKeyAttribute.CtLabels, "ct_label", 16),
    ];

    private static readonly (ushort Type, string Name)[] Others =
    [
        (0, "unspec"), (OvsKeyAttribute.Encap, "encap"), (OvsKeyAttribute.Tunnel, "tunnel"), (OvsKeyAttribute.Vlan, "vlan"),
        (OvsKeyAttribute.EtherType, "eth_type"),
        (OvsKeyAttribute.TcpFlags, "tcp_flags"), (OvsKeyAttribute.Mpls, "mpls"), (OvsKeyAttribute.Nsh, "nsh"),
    ];

    internal static string Of(ushort type) => Find(type) ?? string.Create(CultureInfo.InvariantCulture, $"key{type}");

    internal static bool IsNamed(ushort type) => Find(type) is not null;

    private static string? Find(ushort type)
    {
        foreach ((ushort candidate, string name, _) in Numbers)
        {
            if (candidate == type)
                return name;
        }

        foreach ((ushort candidate, string name) in Others)
        {
            if (candidate == type)
                return name;
        }

        return StructAttribute.Of(type)?.Name;
    }

    internal static bool IsNumber(ushort type) => Array.Exists(Numbers, number => number.Type == type);

    internal static bool TryFindNumber(string name, out ushort type, out int length)
    {
        foreach ((ushort candidate, string known, int bytes) in Numbers)
        {
            if (known == name)
            {
                type = candidate;
                length = bytes;
                return true;
            }
        }

        type = 0;
        length = 0;
        return false;
    }

    /// <summary>Reads a number in host byte order, of up to 16 bytes.</summary>
    internal static UInt128 ReadNumber(ReadOnlySpan<byte> payload)
    {
        UInt128 value = UInt128.Zero;
        for (int index = payload.Length - 1; index >= 0; index--)
            value = (value << 8) | payload[index];
        return value;
    }

    /// <summary>Writes a number in host byte order.</summary>
    internal static void WriteNumber(Span<byte> payload, UInt128 value)
    {
        for (int index = 0; index < payload.Length; index++)
        {
            payload[index] = (byte)value;
            value >>= 8;
        }
    }
}
