using System.Globalization;
using Microsoft.Extensions.Logging;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Live;

/// <summary>A datapath's features, for the log: one line, and one for each in the words of Open vSwitch, for which scripts look.</summary>
internal static class FeatureReport
{
    /// <summary>Logs it.</summary>
    /// <param name="logger">Where the line about all of them goes.</param>
    /// <param name="each">Where those about each go.</param>
    /// <param name="level">How important these are.</param>
    /// <param name="datapath">The datapath.</param>
    public static void Log(ILogger logger, ILogger each, LogLevel level, IDatapath datapath)
    {
        IReadOnlyList<(string Name, string Result)> rows = datapath.Support.Rows;
        string[] missing = [.. rows.Where(row => row.Result is "No" or "0").Select(row => row.Name)];
        logger.Features(datapath.Name, rows.Count - missing.Length, rows.Count, missing.Length == 0 ? "none" : string.Join(", ", missing));
        foreach (string sentence in Sentences(datapath.Support))
            each.Feature(level, datapath.FullName, sentence);
    }

    /// <summary>Those of the <c>check_</c> functions of ofproto-dpif.c, in their order.</summary>
    private static IEnumerable<string> Sentences(DatapathSupport support) =>
    [
        Has(support.Recirc, "recirculation"),
        Probed("VLAN header stack length probed as", support.MaxVlanHeaders),
        Probed("MPLS label stack length probed as", support.MaxMplsDepth),
        Has(support.Trunc, "truncate action"),
        Has(support.Ufid, "unique flow ids"),
        Has(support.CloneAction, "clone action"),
        Probed("Max sample nesting level probed as", support.SampleNesting),
        Has(support.CtEventMask, "eventmask in conntrack action"),
        Has(support.CtClear, "ct_clear action"),
        Probed("Max dp_hash algorithm probed to be", support.MaxHashAlgorithm),
        Has(support.CheckPktLen, "check_pkt_len action"),
        Has(support.CtTimeout, "timeout policy in conntrack action"),
        Has(support.CtZeroSnat, "ct_zero_snat"),
        Has(support.AddMpls, "add_mpls action"),
        Has(support.CtState, "ct_state"),
        Has(support.CtZone, "ct_zone"),
        Has(support.CtMark, "ct_mark"),
        Has(support.CtLabel, "ct_label"),
        Has(support.CtStateNat, "ct_state_nat"),
        Has(support.CtOrigTuple, "ct_orig_tuple"),
        Has(support.CtOrigTuple6, "ct_orig_tuple6"),
    ];

    private static string Has(bool supported, string feature) => $"Datapath {(supported ? "supports" : "does not support")} {feature}";

    private static string Probed(string what, int most) => string.Create(CultureInfo.InvariantCulture, $"{what} {most}");
}
