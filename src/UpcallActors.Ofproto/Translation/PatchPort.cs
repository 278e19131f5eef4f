namespace UpcallActors.Ofproto;

/// <summary>What a port is that leads into another bridge, or back into its own, without the datapath.</summary>
/// <param name="Peer">The name of the port where packets come out. It is one only if it names this one in turn.</param>
/// <param name="Received">Packets that came out here.</param>
/// <param name="Sent">Packets that went in here.</param>
internal sealed record PatchPort(string Peer, RuleCounters Received, RuleCounters Sent);
