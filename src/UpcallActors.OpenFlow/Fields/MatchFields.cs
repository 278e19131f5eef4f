using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.OpenFlow;

/// <summary>
/// The catalogue of match fields. A field is one entry here and nothing elsewhere; the order of the entries is the order
/// in which a match is printed. Numbers, masks and prerequisites are those of Open vSwitch's <c>meta-flow.h</c>.
/// </summary>
internal static partial class MatchFields
{
    /// <summary>Every field, in printing order.</summary>
    public static ImmutableArray<MatchField> All { get; } =
        [.. MetadataEntries(), .. ConnectionEntries(), .. RegisterEntries(), .. LinkEntries(), .. NetworkEntries(), .. TransportEntries()];

    /// <summary>Where in <see cref="All"/> the shorthand for the protocol (<c>icmp</c>) is printed.</summary>
    internal static int FirstAfterShorthand { get; } = MetadataEntries().Count() + ConnectionEntries().Count();

    private static FrozenDictionary<string, MatchField>.AlternateLookup<ReadOnlySpan<char>> ByName { get; } = CollectNames();

    /// <summary>Finds a field by name, alias, or NXM or OXM name (<c>NXM_NX_REG0</c>). Case matters, as for ovs-ofctl.</summary>
    public static bool TryFind(ReadOnlySpan<char> name, [NotNullWhen(true)] out MatchField? field) => ByName.TryGetValue(name, out field);

    /// <summary>Finds a field that must exist.</summary>
    /// <exception cref="KeyNotFoundException">There is no field of that name.</exception>
    public static MatchField Get(string name) =>
        TryFind(name, out MatchField? field) ? field : throw new KeyNotFoundException($"no match field is named {name}");

    /// <summary>
    /// The field that lies where <paramref name="field"/> lies and exists in what is matched: arp_spa for nw_src, udp_dst for tp_dst.
    /// </summary>
    internal static MatchField? FindApplicable(MatchField field, in Flow value, in Flow mask)
    {
        if (field.Prerequisite.HoldsForMatch(value, mask))
            return field;
        foreach (MatchField other in All)
        {
            if (other.Location == field.Location && other.Prerequisite.HoldsForMatch(value, mask))
                return other;
        }
        return null;
    }

    private static FrozenDictionary<string, MatchField>.AlternateLookup<ReadOnlySpan<char>> CollectNames()
    {
        var names = new Dictionary<string, MatchField>(StringComparer.Ordinal);
        foreach (MatchField field in All)
        {
            foreach (string? name in (IEnumerable<string?>)[field.Name, field.MatchName, .. field.Aliases, field.Nxm?.Name,
                field.Oxm?.Name])
            {
                if (name is not null)
                    names.TryAdd(name, field);
            }
        }
        return names.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private static FieldHeader NxmOf(string name, byte number, byte length) => new("NXM_OF_" + name, FieldHeader.Nxm0, number, length);

    private static FieldHeader NxmNx(string name, byte number, byte length) => new("NXM_NX_" + name, FieldHeader.Nxm1, number, length);

    private static FieldHeader OxmOf(string name, byte number, byte length) =>
        new("OXM_OF_" + name, FieldHeader.OpenFlowBasic, number, length);
}
