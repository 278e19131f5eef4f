using System.Globalization;
using System.Text;

namespace UpcallActors.Odp.Text;

/// <summary>Names of the bits of a flag field, and the two ways to write them: <c>a|b</c> in full, <c>+a-b</c> under a mask.</summary>
internal sealed class FlagNames(uint all, params (uint Bit, string Name)[] names)
{
    internal static readonly FlagNames CtState = new(
        uint.MaxValue, (0x01, "new"), (0x02, "est"), (0x04, "rel"), (0x08, "rpl"), (0x10, "inv"), (0x20, "trk"), (0x40, "snat"),
        (0x80, "dnat"));

    internal static readonly FlagNames Tcp = new(
        0xfff, (0x01, "fin"), (0x02, "syn"), (0x04, "rst"), (0x08, "psh"), (0x10, "ack"), (0x20, "urg"), (0x40, "ece"), (0x80, "cwr"),
        (0x100, "ns"),
        (0x200, "[200]"), (0x400, "[400]"), (0x800, "[800]"));

    /// <summary>Open vSwitch's own bits for a tunnel's flag attributes; their order decides the order in the text.</summary>
    internal static readonly FlagNames Tunnel = new(0xf, (TunnelOam, "oam"), (TunnelDontFragment, "df"), (TunnelChecksum, "csum"),
        (TunnelKey, "key"));

    internal const uint TunnelOam = 1;
    internal const uint TunnelDontFragment = 2;
    internal const uint TunnelChecksum = 4;
    internal const uint TunnelKey = 8;

    /// <summary>Every bit that counts.</summary>
    internal uint All => all;

    /// <summary>Appends as <c>format_flags_masked</c> does; null is an exact match.</summary>
    internal void Append(StringBuilder text, uint flags, uint? mask)
    {
        if (mask is null || mask == all)
        {
            AppendExact(text, flags);
            return;
        }

        if (mask == 0)
        {
            text.Append("0/0");
            return;
        }

        for (uint bits = mask.Value; bits != 0; bits &= bits - 1)
        {
            uint bit = bits & (~bits + 1);
            text.Append((flags & bit) != 0 ? '+' : '-').Append(NameOf(bit) ?? "[Unknown]");
        }
    }

    /// <summary>Parses either form, or numbers <c>flags/mask</c>, up to the closing bracket.</summary>
    internal (uint Flags, uint Mask) Parse(OdpTextCursor cursor)
    {
        if (cursor.Current is '+' or '-')
            return ParseMasked(cursor);
        uint flags = 0;
        while (cursor.Current != ')')
        {
            if (char.IsAsciiDigit(cursor.Current))
                flags |= (uint)cursor.TakeNumber(32);
            else
                flags |= ParseName(cursor);
            if (cursor.TryTake("/"))
                return (flags, (uint)cursor.TakeNumber(32));
            if (!cursor.TryTake("|") && cursor.Current != ')')
                throw cursor.Expected("\"|\" or \")\"");
        }

        return (flags, all);
    }

    private (uint Flags, uint Mask) ParseMasked(OdpTextCursor cursor)
    {
        uint flags = 0;
        uint mask = 0;
        while (cursor.Current is '+' or '-')
        {
            bool isSet = cursor.TryTake("+") || !cursor.TryTake("-");
            int start = cursor.Position;
            uint bit = ParseName(cursor);
            if ((mask & bit) != 0)
            {
                cursor.MoveBack(start);
                throw cursor.Expected("each flag once");
            }

            mask |= bit;
            flags |= isSet ? bit : 0;
        }

        return (flags, mask);
    }

    private uint ParseName(OdpTextCursor cursor)
    {
        int start = cursor.Position;
        string word = cursor.TakeWord("|+-)/");
        foreach ((uint bit, string name) in names)
        {
            if (name == word)
                return bit;
        }

        cursor.MoveBack(start);
        throw cursor.Expected("the name of a flag");
    }

    private void AppendExact(StringBuilder text, uint flags)
    {
        if (flags == 0)
        {
            text.Append('0');
            return;
        }

        string separator = "";
        uint unnamed = 0;
        for (uint bits = flags; bits != 0; bits &= bits - 1)
        {
            uint bit = bits & (~bits + 1);
            if (NameOf(bit) is { } name)
            {
                text.Append(separator).Append(name);
                separator = "|";
            }
            else
            {
                unnamed |= bit;
            }
        }

        if (unnamed != 0)
            text.Append(separator).Append(CultureInfo.InvariantCulture, $"0x{unnamed:x}");
    }

    private string? NameOf(uint bit)
    {
        foreach ((uint candidate, string name) in names)
        {
            if (candidate == bit)
                return name;
        }

        return null;
    }
}
