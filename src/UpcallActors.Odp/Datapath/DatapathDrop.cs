namespace UpcallActors.Odp;

/// <summary>Packets that a datapath dropped for a cause, since it was made.</summary>
/// <param name="Cause">The cause as metrics name it: <c>over_mtu</c>.</param>
/// <param name="Description">The same in words that go on behind "packets".</param>
/// <param name="Packets">How many.</param>
public sealed record DatapathDrop(string Cause, string Description, long Packets);
