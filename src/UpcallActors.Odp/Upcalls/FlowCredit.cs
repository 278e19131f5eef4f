namespace UpcallActors.Odp;

/// <summary>What a flow has carried since its packets were last counted.</summary>
/// <param name="Packets">Packets; 0 when a flow is only looked at, which then leaves no trace.</param>
/// <param name="Bytes">Their bytes, from the Ethernet header on.</param>
/// <param name="Age">How long ago the last of them came.</param>
public readonly record struct FlowCredit(ulong Packets, ulong Bytes, TimeSpan Age = default);
