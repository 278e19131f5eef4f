using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Prints matches as <c>ovs-ofctl dump-flows</c> does (<c>match_format</c> in Open vSwitch's match.c says in which order).
/// </summary>
internal static class MatchText
{
    public static string Format(Match match, FlowNames? names)
    {
        var text = new StringBuilder();
        Flow value = match.ToValue();
        Flow mask = match.ToMask();
        Flow remaining = mask;
        for (int i = 0; i < MatchFields.All.Length; i++)
        {
            if (i == MatchFields.FirstAfterShorthand && ProtocolShorthand.Take(value, ref remaining) is { } shorthand)
                Append(text, shorthand);
            MatchField field = MatchFields.All[i];
            UInt128 bits = field.Read(remaining);
            if (bits == 0 || !CanSay(field, bits, value, mask))
                continue;
            Append(text, field.MatchName).Append('=').Append(FieldText.Format(field, field.Read(value) & bits, bits, names));
            field.Clear(ref remaining);
        }
        return text.ToString();
    }

    // Several fields share bits; the first in order that can express all of its remaining bits is printed.
    private static bool CanSay(MatchField field, UInt128 bits, in Flow value, in Flow mask) =>
        (field.Maskable || bits == field.Bits) && field.PresenceIn(value) && field.PresenceIn(mask)
            && field.Prerequisite.HoldsForMatch(value, mask);

    private static StringBuilder Append(StringBuilder text, string part) => text.Append(text.Length > 0 ? "," : "").Append(part);
}
