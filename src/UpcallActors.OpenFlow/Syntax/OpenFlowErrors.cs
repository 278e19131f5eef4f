namespace UpcallActors.OpenFlow;

/// <summary>The names of OpenFlow's errors with which a switch refuses a flow (<c>enum ofperr</c> of Open vSwitch).</summary>
public static class OpenFlowErrors
{
    /// <summary>An action does not fit the packets that the flow matches.</summary>
    public const string MatchInconsistent = "OFPBAC_MATCH_INCONSISTENT";

    /// <summary>There can be no such port to output to.</summary>
    public const string BadOutPort = "OFPBAC_BAD_OUT_PORT";

    /// <summary>A field cannot be given this value.</summary>
    public const string BadSetArgument = "OFPBAC_BAD_SET_ARGUMENT";

    /// <summary>A packet has no room for another tag.</summary>
    public const string BadTag = "OFPBAC_BAD_TAG";

    /// <summary>A packet can go on in a later table only.</summary>
    public const string BadTableId = "OFPBIC_BAD_TABLE_ID";

    /// <summary>The table or the field is the switch's own.</summary>
    public const string NotPermitted = "OFPBRC_EPERM";

    /// <summary>Another flow of the same priority can match the same packet.</summary>
    public const string Overlap = "OFPFMFC_OVERLAP";
}
