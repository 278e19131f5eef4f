using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>How a group selects a bucket (<c>ntr_group_prop_selection_method</c>, Netronome's extension).</summary>
/// <param name="Method"><see cref="Hash"/> or <see cref="DatapathHash"/>.</param>
/// <param name="Parameter">A number that the method knows: where its hash begins, and for the datapath's the algorithm above that.</param>
/// <param name="Fields">The fields that are hashed; none for those that the switch chooses.</param>
internal sealed record GroupSelection(string Method, ulong Parameter, ImmutableArray<HashedField> Fields)
{
    /// <summary>The switch hashes fields of the packet.</summary>
    public const string Hash = "hash";

    /// <summary>The datapath hashes, and the switch only looks at some bits of the result.</summary>
    public const string DatapathHash = "dp_hash";
}

/// <summary>A field that is hashed.</summary>
/// <param name="Field">The field.</param>
/// <param name="Mask">Its bits that are; others than it has mean nothing.</param>
internal readonly record struct HashedField(MatchField Field, UInt128 Mask);
