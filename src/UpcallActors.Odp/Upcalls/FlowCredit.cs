namespace UpcallActors.Odp;

/// <summary>What a flow has carried since its packets were last counted.</summary>
/// <param name="Packets">Packets; 0 when none came, or all were counted before.</param>
/// <param name="Bytes">Their bytes, from the Ethernet header on.</param>
/// <param name="Age">How long ago the flow's last packet came, whether counted here or before; null if the datapath does not
/// tell, when packets count as of now. Without packets or an age a flow is only looked at, which leaves no trace.</param>
public readonly record struct FlowCredit(ulong Packets, ulong Bytes, TimeSpan? Age = null);
