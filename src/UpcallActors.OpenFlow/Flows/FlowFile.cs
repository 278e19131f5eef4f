using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>What a flow file says, and everything that is wrong with it.</summary>
/// <param name="Changes">The lines that are right.</param>
/// <param name="Lines">The line number of each of them, from 1.</param>
/// <param name="Errors">What is wrong with the others, in the order of their lines.</param>
public sealed record FlowFile(ImmutableArray<FlowChange> Changes, ImmutableArray<int> Lines, ImmutableArray<FlowSyntaxError> Errors);
