using System.Globalization;

namespace UpcallActors.Odp;

/// <summary>
/// What a datapath can do, as <see cref="DatapathProbe"/> found out by trying. Names of <see cref="Rows"/> and their order are those of
/// ovs-vswitchd's <c>dpif/show-dp-features</c> (<c>DPIF_SUPPORT_FIELDS</c>, <c>ODP_SUPPORT_FIELDS</c>).
/// </summary>
public sealed record DatapathSupport
{
    /// <summary>SET_MASKED.</summary>
    public bool MaskedSet { get; init; }

    /// <summary>Flows may be named by a unique id.</summary>
    public bool Ufid { get; init; }

    /// <summary>TRUNC.</summary>
    public bool Trunc { get; init; }

    /// <summary>CLONE.</summary>
    public bool CloneAction { get; init; }

    /// <summary>How deep SAMPLE may nest; not looked for beyond 10.</summary>
    public int SampleNesting { get; init; }

    /// <summary>CT with EVENTMASK.</summary>
    public bool CtEventMask { get; init; }

    /// <summary>CT_CLEAR.</summary>
    public bool CtClear { get; init; }

    /// <summary>The highest algorithm of HASH; 0 (L4) is always there.</summary>
    public int MaxHashAlgorithm { get; init; }

    /// <summary>CHECK_PKT_LEN.</summary>
    public bool CheckPktLen { get; init; }

    /// <summary>CT with TIMEOUT.</summary>
    public bool CtTimeout { get; init; }

    /// <summary>DROP.</summary>
    public bool ExplicitDrop { get; init; }

    /// <summary>ADD_MPLS.</summary>
    public bool AddMpls { get; init; }

    /// <summary>PSAMPLE.</summary>
    public bool Psample { get; init; }

    /// <summary>How many VLAN tags a key can have; not looked for beyond 2.</summary>
    public int MaxVlanHeaders { get; init; }

    /// <summary>How many MPLS labels a key can have; not looked for beyond 3.</summary>
    public int MaxMplsDepth { get; init; }

    /// <summary>RECIRC_ID and DP_HASH in keys.</summary>
    public bool Recirc { get; init; }

    /// <summary>CT_STATE in keys.</summary>
    public bool CtState { get; init; }

    /// <summary>CT_ZONE in keys.</summary>
    public bool CtZone { get; init; }

    /// <summary>CT_MARK in keys.</summary>
    public bool CtMark { get; init; }

    /// <summary>CT_LABELS in keys.</summary>
    public bool CtLabel { get; init; }

    /// <summary>The NAT bits of CT_STATE.</summary>
    public bool CtStateNat { get; init; }

    /// <summary>Source NAT to the all-zero address, which changes a port only where two connections would be one.</summary>
    public bool CtZeroSnat { get; init; }

    /// <summary>CT_ORIG_TUPLE_IPV4 in keys.</summary>
    public bool CtOrigTuple { get; init; }

    /// <summary>CT_ORIG_TUPLE_IPV6 in keys.</summary>
    public bool CtOrigTuple6 { get; init; }

    /// <summary>How many meters there can be; 0 without meters.</summary>
    public uint MaxMeters { get; init; }

    /// <summary>How many bands a meter can have.</summary>
    public uint MaxMeterBands { get; init; }

    /// <summary>
    /// Feature and result, in the order of ovs-vswitchd and with its values (<c>Yes</c>, <c>No</c> or a number); meters, which it does not
    /// list, come last. Features of its userspace datapath alone are <c>No</c>.
    /// </summary>
    public IReadOnlyList<(string Name, string Result)> Rows =>
    [
        ("Masked set action", YesNo(MaskedSet)),
        ("Tunnel push pop", YesNo(false)),
        ("Ufid", YesNo(Ufid)),
        ("Truncate action", YesNo(Trunc)),
        ("Clone action", YesNo(CloneAction)),
        ("Sample nesting", Number(SampleNesting)),
        ("Conntrack eventmask", YesNo(CtEventMask)),
        ("Conntrack clear", YesNo(CtClear)),
        ("Max dp_hash algorithm", Number(MaxHashAlgorithm)),
        ("Check pkt length action", YesNo(CheckPktLen)),
        ("Conntrack timeout policy", YesNo(CtTimeout)),
        ("Explicit Drop action", YesNo(ExplicitDrop)),
        ("Optimized Balance TCP mode", YesNo(false)),
        ("Conntrack all-zero IP SNAT", YesNo(CtZeroSnat)),
        ("MPLS Label add", YesNo(AddMpls)),
        ("psample action", YesNo(Psample)),
        ("Max VLAN headers", Number(MaxVlanHeaders)),
        ("Max MPLS depth", Number(MaxMplsDepth)),
        ("Recirc", YesNo(Recirc)),
        ("CT state", YesNo(CtState)),
        ("CT zone", YesNo(CtZone)),
        ("CT mark", YesNo(CtMark)),
        ("CT label", YesNo(CtLabel)),
        ("CT state NAT", YesNo(CtStateNat)),
        ("CT orig tuple", YesNo(CtOrigTuple)),
        ("CT orig tuple for IPv6", YesNo(CtOrigTuple6)),
        ("IPv6 ND Extension", YesNo(false)),
        ("Max meters", Number(MaxMeters)),
    ];

    private static string YesNo(bool supported) => supported ? "Yes" : "No";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
