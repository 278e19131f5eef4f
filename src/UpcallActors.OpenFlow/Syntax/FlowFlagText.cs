using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>The words of <see cref="FlowFlags"/>.</summary>
internal static class FlowFlagText
{
    // In the order in which they are printed (ofputil_flow_mod_flags_format).
    private static readonly (string Name, FlowFlags Flag)[] _all =
    [
        ("send_flow_rem", FlowFlags.SendFlowRemoved), ("check_overlap", FlowFlags.CheckOverlap), ("reset_counts", FlowFlags.ResetCounts),
        ("no_packet_counts", FlowFlags.NoPacketCounts), ("no_byte_counts", FlowFlags.NoByteCounts),
    ];

    public static bool TryFind(ReadOnlySpan<char> name, out FlowFlags flag)
    {
        foreach ((string candidate, FlowFlags value) in _all)
        {
            if (name.SequenceEqual(candidate))
            {
                flag = value;
                return true;
            }
        }

        flag = FlowFlags.None;
        return false;
    }

    /// <summary>Appends each flag's word with a blank behind it.</summary>
    public static void Append(StringBuilder text, FlowFlags flags)
    {
        foreach ((string name, FlowFlags flag) in _all)
        {
            if ((flags & flag) != 0)
                text.Append(name).Append(' ');
        }
    }
}
