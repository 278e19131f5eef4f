using System.Net.Sockets;
using System.Text;
using UpcallActors.Linux;

namespace UpcallActors.Odp.Text;

/// <summary>Parses ct actions (<c>parse_conntrack_action</c>), after the word <c>ct</c>.</summary>
internal static class CtParser
{
    private const int MaximumHelperLength = 15;
    private const int MaximumTimeoutLength = 31;

    internal static void Parse(OdpTextCursor cursor, ref NetlinkWriter writer)
    {
        var action = default(OvsCtAction);
        if (cursor.TryTake("("))
        {
            cursor.SkipSeparators();
            while (!cursor.TryTake(")"))
            {
                action = ParseArgument(cursor, action);
                cursor.SkipSeparators();
            }
        }

        action.Write(ref writer);
    }

    private static OvsCtAction ParseArgument(OdpTextCursor cursor, OvsCtAction action)
    {
        switch (cursor.PeekWord("=()"))
        {
            case "commit":
                cursor.Take("commit");
                return action.Force ? throw cursor.Expected("only one of commit and force_commit") : action with { Commit = true };
            case "force_commit":
                cursor.Take("force_commit");
                return action.Commit
                    ? throw cursor.Expected("only one of commit and force_commit")
                    : action with { Commit = true, Force = true };
            case "zone":
                cursor.Take("zone=");
                return action with { Zone = (ushort)cursor.TakeNumber(16) };
            case "mark":
                cursor.Take("mark=");
                uint mark = (uint)cursor.TakeNumber(32);
                return action with { MarkValue = mark, MarkMask = cursor.TryTake("/") ? (uint)cursor.TakeNumber(32) : uint.MaxValue };
            case "label":
                cursor.Take("label=");
                UInt128 label = cursor.TakeNumber(128);
                return action with { LabelsValue = label, LabelsMask = cursor.TryTake("/") ? cursor.TakeNumber(128) : UInt128.MaxValue };
            case "helper":
                cursor.Take("helper=");
                return action with { Helper = TakeName(cursor, MaximumHelperLength) };
            case "timeout":
                cursor.Take("timeout=");
                return action with { Timeout = TakeName(cursor, MaximumTimeoutLength) };
            case "nat":
                cursor.Take("nat");
                return action with { Nat = ParseNat(cursor) };
            default:
                throw cursor.Expected("an argument of ct");
        }
    }

    private static byte[] TakeName(OdpTextCursor cursor, int maximumLength)
    {
        byte[] name = Encoding.UTF8.GetBytes(cursor.TakeWord(")"));
        return name.Length <= maximumLength ? name : throw cursor.Expected($"a name of at most {maximumLength} bytes");
    }

    private static OvsNatAction ParseNat(OdpTextCursor cursor)
    {
        var nat = default(OvsNatAction);
        if (!cursor.TryTake("("))
            return nat;
        while (!cursor.TryTake(")"))
        {
            nat = cursor.PeekWord("=()") switch
            {
                "src" => TakeRange(cursor, "src", nat with { Source = true }),
                "dst" => TakeRange(cursor, "dst", nat with { Destination = true }),
                "persistent" => Take(cursor, "persistent", nat with { Persistent = true }),
                "hash" => Take(cursor, "hash", nat with { ProtoHash = true }),
                "random" => Take(cursor, "random", nat with { ProtoRandom = true }),
                _ => throw cursor.Expected("an argument of nat"),
            };
            cursor.SkipSeparators();
        }

        return Check(cursor, nat);
    }

    private static OvsNatAction Check(OdpTextCursor cursor, OvsNatAction nat)
    {
        bool hasOptions = nat.Persistent || nat.ProtoHash || nat.ProtoRandom;
        if ((nat.Source && nat.Destination) || (nat is { Source: false, Destination: false } && hasOptions)
            || (nat.ProtoHash && nat.ProtoRandom))
            throw cursor.Expected("one of src and dst, and one of hash and random");
        if (nat.IpMax < nat.IpMin || nat.ProtoMax < nat.ProtoMin)
            throw cursor.Expected("ranges from low to high");
        return nat;
    }

    private static OvsNatAction Take(OdpTextCursor cursor, string word, OvsNatAction nat)
    {
        cursor.Take(word);
        return nat;
    }

    private static OvsNatAction TakeRange(OdpTextCursor cursor, string word, OvsNatAction nat)
    {
        cursor.Take(word);
        if (!cursor.TryTake("="))
            return nat;
        (UInt128 min, int length) = TakeAddress(cursor);
        nat = nat with { IpMin = min, AddressLength = length };
        if (cursor.TryTake("-"))
        {
            (UInt128 max, int maxLength) = TakeAddress(cursor);
            if (maxLength != length)
                throw cursor.Expected("addresses of one family");
            nat = nat with { IpMax = max };
        }

        if (!cursor.TryTake(":"))
            return nat;
        nat = nat with { ProtoMin = (ushort)cursor.TakeNumber(16) };
        return cursor.TryTake("-") ? nat with { ProtoMax = (ushort)cursor.TakeNumber(16) } : nat;
    }

    private static (UInt128 Address, int Length) TakeAddress(OdpTextCursor cursor)
    {
        if (cursor.TryTake("["))
        {
            UInt128 address = OdpFieldText.ParseAddress(cursor, AddressFamily.InterNetworkV6);
            cursor.Take("]");
            return (address, 16);
        }

        bool isIpv6 = cursor.PeekWord("-)[").Count(letter => letter == ':') > 1;
        return isIpv6
            ? (OdpFieldText.ParseAddress(cursor, AddressFamily.InterNetworkV6), 16)
            : (OdpFieldText.ParseAddress(cursor, AddressFamily.InterNetwork), 4);
    }
}
