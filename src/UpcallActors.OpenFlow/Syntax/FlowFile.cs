using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>What a flow file says, and everything that is wrong with it.</summary>
public sealed record FlowFile(ImmutableArray<FlowChange> Changes, ImmutableArray<FlowSyntaxError> Errors);
