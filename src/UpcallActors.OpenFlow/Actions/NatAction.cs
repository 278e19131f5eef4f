using System.Globalization;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Which addresses NAT changes.</summary>
internal enum NatTarget
{
    /// <summary>Those an earlier commit said.</summary>
    Existing,

    /// <summary>The source.</summary>
    Source,

    /// <summary>The destination.</summary>
    Destination,
}

/// <summary>How NAT picks a port out of its range.</summary>
internal enum NatPorts
{
    /// <summary>As the system does.</summary>
    Default,

    /// <summary>By a hash of the addresses.</summary>
    Hash,

    /// <summary>At random.</summary>
    Random,
}

/// <summary>
/// NAT within <c>ct(…)</c>: <c>nat</c>, <c>nat(src=10.0.0.1-10.0.0.9:1000-2000,random)</c>, <c>nat(dst=[fc00::1]:80)</c>.
/// </summary>
internal sealed record NatAction
{
    public NatTarget Target { get; init; }

    /// <summary>4 or 16, or 0 without a range of addresses.</summary>
    public int AddressBytes { get; init; }

    public UInt128 First { get; init; }

    /// <summary>The end of the range, or <see cref="First"/>.</summary>
    public UInt128 Last { get; init; }

    /// <summary>0 without a range of ports.</summary>
    public ushort FirstPort { get; init; }

    public ushort LastPort { get; init; }

    public bool Persistent { get; init; }

    public NatPorts Ports { get; init; }

    public static NatAction Parse(ref TextCursor list)
    {
        var nat = new NatAction();
        int start = list.Position;
        while (ActionArguments.TryTakePair(ref list, out string key, out int keyAt, out TextCursor value))
        {
            if (key is "src" or "dst")
            {
                if (nat.Target != NatTarget.Existing)
                    throw list.ErrorAt(keyAt, "nat changes either src or dst");
                nat = ParseRange(nat with { Target = key == "src" ? NatTarget.Source : NatTarget.Destination }, ref value);
                continue;
            }

            if (nat.Ports != NatPorts.Default && key is "hash" or "random")
                throw list.ErrorAt(keyAt, "nat picks ports either by hash or at random");
            nat = key switch
            {
                "persistent" => nat with { Persistent = true },
                "hash" => nat with { Ports = NatPorts.Hash },
                "random" => nat with { Ports = NatPorts.Random },
                _ => throw list.ErrorAt(keyAt, $"'{key}' is no argument of nat(...)"),
            };
        }

        bool flags = nat.Persistent || nat.Ports != NatPorts.Default;
        return flags && nat.Target == NatTarget.Existing ? throw list.ErrorAt(start, "flags of nat need src or dst") : nat;
    }

    public void Format(StringBuilder text)
    {
        text.Append("nat");
        if (Target == NatTarget.Existing)
            return;
        text.Append(Target == NatTarget.Source ? "(src" : "(dst");
        if (AddressBytes != 0)
        {
            text.Append('=');
            FormatAddress(text, First);
            if (Last != First)
            {
                text.Append('-');
                FormatAddress(text, Last);
            }

            if (FirstPort != 0)
                text.Append(':').Append(FirstPort);
            if (LastPort != FirstPort)
                text.Append('-').Append(LastPort);
        }

        text.Append(Persistent ? ",persistent" : "");
        text.Append(Ports switch { NatPorts.Hash => ",hash", NatPorts.Random => ",random", _ => "" }).Append(')');
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Format(text);
        return text.ToString();
    }

    private static NatAction ParseRange(NatAction nat, ref TextCursor value)
    {
        if (value.AtEnd)
            return nat;
        int start = value.Position;
        UInt128 first = TakeAddress(ref value, out int bytes);
        UInt128 last = first;
        if (value.TryTake('-'))
        {
            int lastAt = value.Position;
            last = TakeAddress(ref value, out int lastBytes);
            if (lastBytes != bytes || last < first)
                throw value.ErrorAt(lastAt, "the range of addresses ends before it begins");
        }

        nat = nat with { AddressBytes = bytes, First = first, Last = last };
        if (value.TryTake(':'))
            nat = ParsePorts(nat, ref value);
        return value.AtEnd
            ? nat
            : throw value.ErrorAt(start, "a range is written address[-address][:port[-port]], an IPv6 address with a port in brackets");
    }

    private static NatAction ParsePorts(NatAction nat, ref TextCursor value)
    {
        int start = value.Position;
        ushort first = (ushort)value.TakeNumber("the port", ushort.MaxValue);
        ushort last = value.TryTake('-') ? (ushort)value.TakeNumber("the port", ushort.MaxValue) : first;
        if (first == 0 || last < first)
            throw value.ErrorAt(start, "the range of ports is empty");
        return nat with { FirstPort = first, LastPort = last };
    }

    private static UInt128 TakeAddress(ref TextCursor value, out int bytes)
    {
        bool bracketed = value.TryTake('[');
        // A dot before any colon is an IPv4 address, behind which a colon starts the ports.
        ReadOnlySpan<char> rest = value.Rest;
        int mark = rest.IndexOfAny('.', ':');
        bool ipv4 = !bracketed && mark >= 0 && rest[mark] == '.';
        int start = value.Position;
        ReadOnlySpan<char> text = value.TakeWord(bracketed ? "]" : ipv4 ? "-:" : "-");
        if (!(ipv4 ? AddressText.TryParseIpv4(text, out UInt128 address) : AddressText.TryParseIpv6(text, out address)))
            throw value.ErrorAt(start, $"'{text}' is no address");
        if (bracketed)
            value.Expect(']');
        bytes = ipv4 ? 4 : 16;
        return address;
    }

    private void FormatAddress(StringBuilder text, UInt128 address)
    {
        if (AddressBytes == 4)
            text.Append(AddressText.FormatIpv4((uint)address));
        else if (FirstPort != 0)
            text.Append(CultureInfo.InvariantCulture, $"[{AddressText.FormatIpv6(address)}]");
        else
            text.Append(AddressText.FormatIpv6(address));
    }
}
