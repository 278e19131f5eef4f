using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.OpenFlow;

/// <summary>Fields by their headers in NXM and OXM.</summary>
internal static class WireFields
{
    private static readonly FrozenDictionary<HeaderKey, (MatchField Field, FieldHeader Header)> _byHeader = Index();

    private readonly record struct HeaderKey(ushort OxmClass, byte Number, uint Experimenter);

    /// <summary>Finds a field; a header of whatever version is read in each.</summary>
    public static bool TryFind(
        ushort oxmClass, byte number, uint experimenter, [NotNullWhen(true)] out MatchField? field, out FieldHeader header)
    {
        bool found = _byHeader.TryGetValue(new HeaderKey(oxmClass, number, experimenter), out (MatchField Field, FieldHeader Header) entry);
        (field, header) = entry;
        return found;
    }

    /// <summary>
    /// The header that a version writes (<c>mf_oxm_header</c>); without a version the one of NXM, where there is one. Null if the
    /// field has none at all.
    /// </summary>
    public static FieldHeader? HeaderOf(MatchField field, OpenFlowVersion? version)
    {
        if (field.Nxm is not { } nxm)
            return field.Oxm;
        if (version is not { } since)
            return nxm;
        return since >= field.OxmSince ? field.Oxm ?? nxm : since >= OpenFlowVersion.V13 ? field.OxmExtension ?? nxm : nxm;
    }

    private static FrozenDictionary<HeaderKey, (MatchField Field, FieldHeader Header)> Index()
    {
        var found = new Dictionary<HeaderKey, (MatchField Field, FieldHeader Header)>();
        foreach (MatchField field in MatchFields.All)
        {
            foreach (FieldHeader? header in (ReadOnlySpan<FieldHeader?>)[field.Nxm, field.Oxm, field.OxmExtension])
            {
                if (header is { } known)
                    found.TryAdd(new HeaderKey(known.OxmClass, known.Number, known.Experimenter), (field, known));
            }
        }

        return found.ToFrozenDictionary();
    }
}
