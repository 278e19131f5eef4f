namespace UpcallActors.OpenFlow;

/// <summary>A match in the layout that a message has for it.</summary>
internal static class WireMatches
{
    /// <summary>Reads the match of a message of 1.1 and later (<c>ofputil_pull_ofp11_match</c>).</summary>
    public static OpenFlowError? Decode(ref WireReader body, out Match match) => Match11.Decode(ref body, out match);

    /// <summary>Appends the match of a message that a controller sends, in 1.1 and later (<c>ofputil_put_ofp11_match</c>).</summary>
    public static void Encode(OpenFlowVersion version, WireWriter writer, Match match)
    {
        if (version == OpenFlowVersion.V11)
            Match11.Encode(writer, match);
        else
            MatchCodec.EncodeOxm(writer, match, version);
    }
}
