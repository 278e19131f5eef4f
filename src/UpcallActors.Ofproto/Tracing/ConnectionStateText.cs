using System.Globalization;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// States of connections as the option <c>--ct-next</c> takes them: <c>trk,est</c> (<c>parse_ct_state</c>, <c>validate_ct_state</c>).
/// </summary>
internal static class ConnectionStateText
{
    private static readonly string[] _names = ["new", "est", "rel", "rpl", "inv", "trk", "snat", "dnat"];

    /// <summary>Reads the names of flags with commas, bars, plus signs or blanks between.</summary>
    /// <param name="text">The flags.</param>
    /// <param name="state">The state; conntrack can have found it.</param>
    /// <returns>Null, or what is wrong, in Open vSwitch's words.</returns>
    public static string? Parse(string text, out CtState state)
    {
        ArgumentNullException.ThrowIfNull(text);
        state = CtState.None;
        foreach (string name in text.Split([',', '|', '+', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            int bit = Array.FindIndex(_names, candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (bit < 0)
                return $"{name}: unknown connection tracking state flag";
            state |= (CtState)(1 << bit);
        }

        return Contradiction(state) is { } reason ? $"{Format(state)}: invalid connection state: {reason}" : null;
    }

    /// <summary>The flags' names with bars between, <c>0</c> without any.</summary>
    public static string Format(CtState state)
    {
        string text = string.Join('|', _names.Where((_, bit) => ((int)state & (1 << bit)) != 0));
        return text.Length > 0 ? text : ((int)state).ToString(CultureInfo.InvariantCulture);
    }

    private static string? Contradiction(CtState state)
    {
        bool Has(CtState flag) => (state & flag) != 0;
        if (!Has(CtState.Tracked))
            return state == CtState.None ? null : "If \"trk\" is unset, no other flags are set";
        if (Has(CtState.Invalid))
            return (state & ~(CtState.Tracked | CtState.Invalid)) != 0 ? "when \"inv\" is set, only \"trk\" may also be set" : null;
        if (Has(CtState.New) && Has(CtState.Established))
            return "\"new\" and \"est\" are mutually exclusive";
        if (Has(CtState.New) && Has(CtState.Reply))
            return "\"new\" and \"rpy\" are mutually exclusive";
        return null;
    }
}
