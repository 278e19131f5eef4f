using UpcallActors.Linux;

namespace UpcallActors.Odp.Text;

/// <summary>The mask that goes with a list of key attributes: none (everything counts), a list, or all wildcards.</summary>
internal readonly ref struct MaskView
{
    private readonly ReadOnlySpan<byte> _attributes;
    private readonly Kind _kind;

    private MaskView(Kind kind, ReadOnlySpan<byte> attributes)
    {
        _kind = kind;
        _attributes = attributes;
    }

    private enum Kind
    {
        Exact,
        List,
        Wildcard,
    }

    internal static MaskView Exact => default;

    internal static MaskView Wildcard => new(Kind.Wildcard, default);

    /// <summary>A mask as a datapath has it; an empty one is no mask.</summary>
    internal static MaskView Of(ReadOnlySpan<byte> attributes) => attributes.IsEmpty ? default : new MaskView(Kind.List, attributes);

    internal bool IsExact => _kind == Kind.Exact;

    /// <summary>The mask's attribute of a type; without one the attribute is wildcarded.</summary>
    internal AttributeMask Find(ushort type, int length)
    {
        if (_kind == Kind.Exact)
            return default;
        return new NetlinkAttributes(_attributes).TryFindLast(type, out NetlinkAttribute found)
            ? new AttributeMask(isExact: false, isMissing: false, found.Payload)
            : new AttributeMask(isExact: false, isMissing: true, new byte[length]);
    }
}

/// <summary>The mask of one attribute; the default value says that all of it counts.</summary>
internal readonly ref struct AttributeMask
{
    private readonly bool _hasBytes;

    internal AttributeMask(bool isExact, bool isMissing, ReadOnlySpan<byte> bytes)
    {
        _hasBytes = !isExact;
        IsMissing = isMissing;
        Bytes = bytes;
    }

    /// <summary>Whether there is a mask at all.</summary>
    internal bool HasBytes => _hasBytes;

    /// <summary>Whether the bytes are made up, all zero, because the mask does not name the attribute.</summary>
    internal bool IsMissing { get; }

    internal ReadOnlySpan<byte> Bytes { get; }

    internal bool IsWildcard => _hasBytes && !Bytes.ContainsAnyExcept((byte)0);

    internal bool IsAllOnes => !_hasBytes || !Bytes.ContainsAnyExcept(byte.MaxValue);

    internal MaskView Nested =>
        !_hasBytes || (!IsMissing && Bytes.IsEmpty) ? MaskView.Exact : IsMissing ? MaskView.Wildcard : MaskView.Of(Bytes);
}
