using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// The flows that a bridge begins with, as changes to empty tables: lines of a file for <c>ovs-ofctl add-flows</c>. Equals another list
/// that says the same line for line.
/// </summary>
public sealed class FlowList : IEquatable<FlowList>
{
    /// <summary>A list of changes.</summary>
    public FlowList(ImmutableArray<FlowChange> changes) => Changes = changes;

    /// <summary>No flows.</summary>
    public static FlowList Empty { get; } = new([]);

    /// <summary>The changes, in their order.</summary>
    public ImmutableArray<FlowChange> Changes { get; }

    /// <inheritdoc/>
    public bool Equals(FlowList? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || Changes.Length != other.Changes.Length)
            return false;
        var actions = new ActionTextComparison();
        for (int i = 0; i < Changes.Length; i++)
        {
            if (!AreEqual(Changes[i], other.Changes[i], actions))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FlowList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (FlowChange change in Changes)
            hash.Add((change.Command, change.Table, change.Priority, change.Match));
        return hash.ToHashCode();
    }

    /// <summary>How many there are, for people.</summary>
    public override string ToString() => $"{Changes.Length} flows";

    /// <summary>A record compares its actions by reference.</summary>
    private static bool AreEqual(FlowChange one, FlowChange other, ActionTextComparison actions) =>
        ReferenceEquals(one, other)
        || (one with { Actions = null } == other with { Actions = null } && actions.AreEqual(one.Actions, other.Actions));
}
