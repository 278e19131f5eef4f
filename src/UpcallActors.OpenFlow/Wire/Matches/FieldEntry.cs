namespace UpcallActors.OpenFlow;

/// <summary>
/// A field with its value, and a mask or none, as NXM and OXM have it: in matches, and in actions that write a field. A field without
/// value is a header alone.
/// </summary>
internal readonly ref struct FieldEntry
{
    private const int HasMaskBit = 1 << 8;
    private const int NumberShift = 9;
    private const int ClassShift = 16;
    private const int LongestValue = 16;
    private const string CookieName = "NXM_NX_COOKIE";
    private const byte CookieNumber = 30;

    /// <summary>Null for the cookie, which stands among the fields of a match in NXM.</summary>
    public MatchField? Field { get; private init; }

    public UInt128 Value { get; private init; }

    /// <summary>The field's bits without a mask; of the cookie all.</summary>
    public UInt128 Mask { get; private init; }

    public bool HasMask { get; private init; }

    private FieldHeader Header { get; init; }

    private static FieldHeader Cookie => new(CookieName, FieldHeader.Nxm1, CookieNumber, sizeof(ulong));

    /// <summary>Reads an entry of a match (<c>nx_pull_match_entry</c>), passing it even if the field is unknown.</summary>
    public static OpenFlowError? TakeFromMatch(ref WireReader reader, bool allowsCookie, out FieldEntry entry) =>
        Take(ref reader, allowsCookie, isAction: false, out entry) is { } error ? error : CheckMatch(entry);

    /// <summary>Reads an entry of an action (<c>mf_vl_mff_nx_pull_entry</c>).</summary>
    public static OpenFlowError? TakeFromAction(ref WireReader reader, out FieldEntry entry) =>
        Take(ref reader, allowsCookie: false, isAction: true, out entry);

    /// <summary>Reads a header alone, of an action (<c>mf_vl_mff_nx_pull_header</c>).</summary>
    public static OpenFlowError? TakeHeader(ref WireReader reader, out MatchField? field)
    {
        OpenFlowError? error = TakeHeader(ref reader, isAction: true, out FieldEntry entry, out _);
        field = entry.Field;
        return error;
    }

    /// <summary>
    /// Reads a field whose value says which bits of it are meant (<c>oxm_pull_field_array</c>); bits that it has not are as they came.
    /// </summary>
    public static OpenFlowError? TakeMask(ref WireReader reader, out MatchField? field, out UInt128 mask)
    {
        OpenFlowError? error = Take(ref reader, allowsCookie: false, isAction: false, out FieldEntry entry);
        (field, mask) = (entry.Field, entry.Value);
        return error ?? (entry.HasMask ? BadMatch.BadMask : null);
    }

    /// <summary>Appends a field whose value says which bits of it are meant.</summary>
    public static void PutMask(WireWriter writer, MatchField field, OpenFlowVersion version, UInt128 mask)
    {
        if (WireFields.HeaderOf(field, version) is not { } header)
            return;
        PutHeader(writer, field, version);
        writer.Number(ToWire(header, mask), header.Length);
    }

    /// <summary>Whether the value has no bits but the field's (<c>mf_is_value_valid</c>).</summary>
    public static bool IsValid(MatchField field, UInt128 value) => (value & ~field.Bits) == 0;

    /// <summary>Appends a header of a version, or of NXM.</summary>
    public static void PutHeader(WireWriter writer, MatchField field, OpenFlowVersion? version, bool hasMask = false)
    {
        if (WireFields.HeaderOf(field, version) is not { } header)
            return;
        bool isExperimental = header.OxmClass == FieldHeader.ExperimenterClass;
        int length = (header.Length * (hasMask ? 2 : 1)) + (isExperimental ? sizeof(uint) : 0);
        uint number = ((uint)header.OxmClass << ClassShift) | ((uint)header.Number << NumberShift);
        writer.U32(number | (hasMask ? HasMaskBit : 0u) | (uint)length);
        if (isExperimental)
            writer.U32(header.Experimenter);
    }

    /// <summary>Appends an entry of a version, or of NXM: exact if the mask has all of the field's bits.</summary>
    public static void Put(WireWriter writer, MatchField field, OpenFlowVersion? version, UInt128 value, UInt128 mask)
    {
        if (WireFields.HeaderOf(field, version) is not { } header)
            return;
        bool hasMask = mask != field.Bits || field.IsAlwaysMasked;
        PutHeader(writer, field, version, hasMask);
        writer.Number(ToWire(header, value), header.Length);
        if (hasMask)
            writer.Number(mask, header.Length);
    }

    // A port of 32 bits has its reserved numbers at the end of them.
    private static UInt128 ToWire(in FieldHeader header, UInt128 value) => IsWidePort(header) ? WirePorts.Widen((uint)value) : value;

    private static bool IsWidePort(in FieldHeader header) =>
        header is { OxmClass: FieldHeader.OpenFlowBasic, Number: 0, Length: sizeof(uint) };

    private static OpenFlowError? Take(ref WireReader reader, bool allowsCookie, bool isAction, out FieldEntry entry)
    {
        OpenFlowError? headerError = TakeHeader(ref reader, isAction, out entry, out int length);
        if (headerError is not null && headerError != BadMatch.BadField)
            return headerError;
        bool isCookie = headerError is not null && allowsCookie && entry.Header == Cookie;
        int width = entry.HasMask ? length / 2 : length;
        bool isLong = width > LongestValue;
        ReadOnlySpan<byte> valueBytes = reader.Take(width);
        ReadOnlySpan<byte> maskBytes = entry.HasMask ? reader.Take(width) : default;
        if (reader.Failed)
            return BadMatch.BadLength;
        for (int i = 0; i < maskBytes.Length; i++)
        {
            if ((valueBytes[i] & ~maskBytes[i]) != 0)
                return BadMatch.BadWildcards;
        }

        if ((headerError is not null && !isCookie) || isLong)
            return headerError ?? BadMatch.BadField;
        var value = new WireReader(valueBytes);
        var mask = new WireReader(maskBytes);
        UInt128 read = value.Number(width);
        if (IsWidePort(entry.Header))
        {
            uint port = (uint)read;
            read = WirePorts.TryNarrow(OpenFlowVersion.V12, ref port) ? port : UInt128.MaxValue;
        }

        entry = new FieldEntry
        {
            Field = entry.Field,
            Header = entry.Header,
            Value = read,
            HasMask = entry.HasMask,
            Mask = entry.HasMask ? mask.Number(width) : entry.Field?.Bits ?? MatchField.AllOnes(width * 8),
        };
        return null;
    }

    /// <summary>Appends a cookie with its mask, in NXM.</summary>
    public static void PutCookie(WireWriter writer, ulong cookie, ulong mask)
    {
        bool hasMask = mask != ulong.MaxValue;
        writer.U32(Cookie.Value + (hasMask ? HasMaskBit + sizeof(ulong) : 0u));
        writer.U64(cookie & mask);
        if (hasMask)
            writer.U64(mask);
    }

    private static OpenFlowError? TakeHeader(ref WireReader reader, bool isAction, out FieldEntry entry, out int length)
    {
        uint raw = reader.U32();
        ushort oxmClass = (ushort)(raw >> ClassShift);
        byte number = (byte)((raw >> NumberShift) & 0x7f);
        bool hasMask = (raw & HasMaskBit) != 0;
        length = (byte)raw;
        uint experimenter = 0;
        entry = default;
        if (oxmClass == FieldHeader.ExperimenterClass)
        {
            experimenter = reader.U32();
            length -= sizeof(uint);
        }

        if (reader.Failed || length < 0)
            return BadMatch.BadLength;
        int width = hasMask ? length / 2 : length;
        bool isKnown = WireFields.TryFind(oxmClass, number, experimenter, out MatchField? field, out FieldHeader header);
        bool fits = isKnown && header.Length == width && (!hasMask || length % 2 == 0);
        entry = new FieldEntry
        {
            Field = fits ? field : null,
            HasMask = hasMask,
            Header = isKnown ? header : new FieldHeader(CookieName, oxmClass, number, (byte)width) { Experimenter = experimenter },
        };
        return fits ? null : !isAction ? BadMatch.BadField : isKnown ? BadAction.BadSetLength : BadAction.BadSetType;
    }

    private static OpenFlowError? CheckMatch(in FieldEntry entry)
    {
        if (entry.Field is not { } field)
            return null;
        bool isWhole = !entry.HasMask || entry.Mask == MatchField.AllOnes(entry.Header.Length * 8);
        if (!field.Maskable && !isWhole && entry.Mask != 0)
            return BadMatch.BadMask;
        return IsValid(field, entry.Value) ? null : BadMatch.BadValue;
    }
}
