using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Security.Cryptography;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>A datapath flow that a client writes: <c>[ufid:ID,]KEY</c>. Errors read as Open vSwitch's (<c>dpctl_put_flow</c>).</summary>
internal sealed class FlowArguments
{
    private const string UfidPrefix = "ufid:";
    private const int UfidLength = 36;

    // Who writes flows chooses their keys: a hash without a secret could be made to collide with that of another's flow.
    private static readonly long _secret = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private FlowArguments(Ufid ufid, byte[] key, byte[] mask)
    {
        Ufid = ufid;
        Key = key;
        Mask = mask;
    }

    /// <summary>The id: the one given, or one made of the key, so that the same key names the same flow later.</summary>
    public Ufid Ufid { get; }

    /// <summary>Key attributes; empty when the id stands by itself.</summary>
    public byte[] Key { get; }

    /// <summary>Mask attributes.</summary>
    public byte[] Mask { get; }

    /// <summary>Reads an id, which begins with <c>ufid:</c> or not.</summary>
    public static bool TryReadUfid(string text, out Ufid ufid) =>
        Ufid.TryParse(text.StartsWith(UfidPrefix, StringComparison.Ordinal) ? text.AsSpan(UfidPrefix.Length) : text, out ufid);

    /// <summary>Reads a flow; the problem is in Open vSwitch's words.</summary>
    public static bool TryParse(
        string text, IOdpPortNames names, [NotNullWhen(true)] out FlowArguments? flow, [NotNullWhen(false)] out string? problem)
    {
        flow = null;
        problem = null;
        Ufid? ufid = null;
        string rest = text;
        if (text.StartsWith(UfidPrefix, StringComparison.Ordinal))
        {
            int end = UfidPrefix.Length + UfidLength;
            if (text.Length < end || !Ufid.TryParse(text.AsSpan(UfidPrefix.Length, UfidLength), out Ufid given))
            {
                problem = $"syntax error at {text}";
                return false;
            }

            ufid = given;
            rest = text[end..].TrimStart(',', ' ', '\t', '\r', '\n');
        }

        if (rest.Length == 0 && ufid is { } alone)
        {
            flow = new FlowArguments(alone, [], []);
            return true;
        }

        try
        {
            (byte[] key, byte[] mask) = FlowText.Parse(rest, names);
            flow = new FlowArguments(ufid ?? Ufid.OfHash(XxHash128.HashToUInt128(key, _secret)), key, mask);
            return true;
        }
        catch (OdpTextException malformed)
        {
            problem = $"syntax error at {AttributeAt(rest, malformed.Position)}";
            return false;
        }
    }

    /// <summary>The text from the attribute on that a position is in: where Open vSwitch says that its parser stopped.</summary>
    private static string AttributeAt(string text, int position)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.Length && i < position; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0 && text[i] == ',')
                start = i + 1;
        }

        return text[start..].TrimStart();
    }
}
