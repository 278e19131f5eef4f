using System.Numerics;

namespace UpcallActors.OpenFlow;

/// <summary>A set of versions, in the form of HELLO's bitmap: bit N stands for the version of number N.</summary>
/// <param name="Bitmap">The bits.</param>
internal readonly record struct OpenFlowVersions(uint Bitmap)
{
    private const int LastBit = 31;

    /// <summary>Those that this codec has: 1.0 to 1.5.</summary>
    public static OpenFlowVersions All { get; } = UpTo((byte)OpenFlowVersion.V15);

    /// <summary>The highest, null if there is none that this codec has.</summary>
    public OpenFlowVersion? Highest =>
        (Bitmap & All.Bitmap) == 0 ? null : (OpenFlowVersion)BitOperations.Log2(Bitmap & All.Bitmap);

    /// <summary>Whether the highest alone says them all: no version between 1.0 and it is missing.</summary>
    public bool AreSaidByHighest => Highest is { } highest && (Bitmap & All.Bitmap) == UpTo((byte)highest).Bitmap;

    /// <summary>The versions in the list.</summary>
    public static OpenFlowVersions Of(params ReadOnlySpan<OpenFlowVersion> versions)
    {
        uint bitmap = 0;
        foreach (OpenFlowVersion version in versions)
            bitmap |= 1u << (int)version;
        return new OpenFlowVersions(bitmap);
    }

    /// <summary>The version of a name such as <c>OpenFlow13</c>, as the database has them; null if there is none of it.</summary>
    public static OpenFlowVersion? Named(string name) => name switch
    {
        "OpenFlow10" => OpenFlowVersion.V10,
        "OpenFlow11" => OpenFlowVersion.V11,
        "OpenFlow12" => OpenFlowVersion.V12,
        "OpenFlow13" => OpenFlowVersion.V13,
        "OpenFlow14" => OpenFlowVersion.V14,
        "OpenFlow15" => OpenFlowVersion.V15,
        _ => null,
    };

    /// <summary>All from 1.0 to the one of a number, which a HELLO without a bitmap offers.</summary>
    public static OpenFlowVersions UpTo(byte version) =>
        new(version >= LastBit ? uint.MaxValue - 1 : ((1u << (version + 1)) - 1) & ~1u);

    /// <summary>Whether a version is in the set.</summary>
    public bool Contains(OpenFlowVersion version) => (Bitmap & (1u << (int)version)) != 0;

    /// <summary>The version for a connection to a peer that offers <paramref name="peer"/>; null if there is none in common.</summary>
    public OpenFlowVersion? AgreeWith(OpenFlowVersions peer) => new OpenFlowVersions(Bitmap & peer.Bitmap).Highest;
}
