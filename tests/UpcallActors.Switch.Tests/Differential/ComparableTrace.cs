using System.Text.RegularExpressions;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// A trace without what is each switch's own: the order in which it floods, where controllers' packets are kept, the numbers of
/// recirculations, which are counted here, and those bits of a megaflow of which one of the two needs fewer.
/// </summary>
internal static partial class ComparableTrace
{
    private const string Actions = "Datapath actions: ";
    private const string Megaflow = "Megaflow: ";

    /// <summary>What can be compared of it.</summary>
    public static string Of(string trace)
    {
        var numbers = new Dictionary<string, int>();
        string counted = Recirculation().Replace(trace, number => $"{number.Groups[1]}#{NumberOf(number.Groups[2].Value, numbers)}");
        return string.Join('\n', counted.TrimEnd().Split('\n').Select(OfLine));
    }

    private static int NumberOf(string one, Dictionary<string, int> numbers)
    {
        numbers.TryAdd(one, numbers.Count + 1);
        return numbers[one];
    }

    private static string OfLine(string line)
    {
        if (line.StartsWith(Megaflow, StringComparison.Ordinal))
            return FewerBits().Replace(line, "");
        return line.StartsWith(Actions, StringComparison.Ordinal)
            ? Actions + string.Join(',', Kept().Replace(line[Actions.Length..], "userspace").Split(',').Order())
            : line;
    }

    [GeneratedRegex(@"(recirc\(|recirc_id=)(0x[0-9a-f]+)")]
    private static partial Regex Recirculation();

    [GeneratedRegex(@"userspace\(.*\)")]
    private static partial Regex Kept();

    // Tries decide for IPv6 as they do from 3.5 on, and for ARP; a tag that is taken off is matched whole even if nothing is put out; the
    // target of a neighbour's discovery is no field of other ICMPv6 messages.
    [GeneratedRegex(",(ipv6_src|ipv6_dst|arp_spa|arp_tpa|arp_op|dl_vlan_pcp|nd_target)=[^,]*")]
    private static partial Regex FewerBits();
}
