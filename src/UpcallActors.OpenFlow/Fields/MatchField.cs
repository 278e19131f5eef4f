using System.Collections.Immutable;
using System.Diagnostics;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>
/// A field that OpenFlow can match: its place, text, prerequisites, mask rules, and numbers on the wire. Instances are the entries of
/// <see cref="MatchFields"/>. Values and masks are numbers of <see cref="Width"/> bits.
/// </summary>
[DebuggerDisplay("{Name}")]
internal sealed class MatchField
{
    private readonly FieldLocation _location;

    internal MatchField(string name, FieldLocation location)
    {
        Name = name;
        _location = location;
        Bits = AllOnes(location.Width);
    }

    /// <summary>Open vSwitch's name for it, which <c>set_field</c> prints.</summary>
    public string Name { get; }

    /// <summary>The name a match prints, where that is an older one.</summary>
    public string MatchName { get => field ?? Name; init; }

    /// <summary>Other names that are read.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Bits of a value, up to 128.</summary>
    public int Width => _location.Width;

    /// <summary>
    /// Bits that actions name by number, <c>FIELD[0..N]</c>: all of them but for vlan_vid, whose 13th says that there is a tag.
    /// </summary>
    public int NumberedBits { get => field == 0 ? Width : field; init; }

    /// <summary>
    /// Bits that are set in each value that <c>set_field</c> writes whole: of vlan_vid the one that says that there is a tag.
    /// </summary>
    internal UInt128 AlwaysWritten { get; init; }

    /// <summary>
    /// The bits of a value that are the field's: the mask of an exact match. Narrower than the width for nw_tos, ct_state and in_port.
    /// </summary>
    public UInt128 Bits { get; init; }

    /// <summary>What a packet must be to have the field.</summary>
    public FieldPrerequisite Prerequisite { get; init; }

    /// <summary>Whether a match may have a mask of its choice; else it is exact or absent.</summary>
    public bool Maskable { get; init; }

    /// <summary>Whether actions may write it.</summary>
    public bool Writable { get; init; }

    /// <summary>How values are written in text.</summary>
    public FieldSyntax Syntax { get; init; }

    /// <summary>Digits a hexadecimal value is padded to, 0 for none.</summary>
    public int HexDigits { get; init; }

    /// <summary>Its header in NXM, absent for fields that came with OXM.</summary>
    public FieldHeader? Nxm { get; init; }

    /// <summary>Its header in OXM, absent for fields that only Open vSwitch has.</summary>
    public FieldHeader? Oxm { get; init; }

    /// <summary>Whether the wire has a mask even beside an exact value: the field has more bits there than anybody sets.</summary>
    internal bool IsAlwaysMasked { get; init; }

    /// <summary>The first version that has the header in OXM.</summary>
    internal OpenFlowVersion OxmSince { get; init; } = OpenFlowVersion.V12;

    /// <summary>Its header as an extension, in the versions from 1.3 that come before <see cref="OxmSince"/>.</summary>
    internal FieldHeader? OxmExtension { get; init; }

    /// <summary>
    /// A bit elsewhere that says the field is there: a match on the field matches it as one too, and a write sets it.
    /// Only the OpenFlow 1.0 VLAN fields have such a bit.
    /// </summary>
    internal FieldLocation? Presence { get; init; }

    /// <summary>The place it lies at, to find fields that share it (nw_src and arp_spa).</summary>
    internal FieldLocation Location => _location;

    /// <summary>Reads the field of a packet, or of a set of wildcards.</summary>
    public UInt128 Read(in Flow flow)
    {
        ReadOnlySpan<ulong> words = flow.ReadOnlyWords;
        UInt128 value = Width > 64
            ? new UInt128(words[_location.Word], words[_location.Word + 1])
            : words[_location.Word] >> _location.Shift;
        return value & Bits;
    }

    /// <summary>Writes the field; bits that are not the field's are cut off and left alone.</summary>
    public void Write(ref Flow flow, UInt128 value)
    {
        Put(ref flow, value, Bits);
        SetPresence(ref flow);
    }

    /// <summary>Writes the bits of the field that <paramref name="mask"/> has.</summary>
    public void Put(ref Flow flow, UInt128 value, UInt128 mask)
    {
        Span<ulong> words = flow.Words;
        mask &= Bits;
        if (Width > 64)
        {
            UInt128 old = new(words[_location.Word], words[_location.Word + 1]);
            UInt128 result = (old & ~mask) | (value & mask);
            words[_location.Word] = (ulong)(result >> 64);
            words[_location.Word + 1] = (ulong)result;
            return;
        }
        Put(words, _location, (ulong)value, (ulong)mask);
    }

    /// <summary>
    /// Marks the bits of <paramref name="mask"/> as looked at; bits of <paramref name="wildcards"/> that are set stay set.
    /// </summary>
    public void MarkUsed(ref Flow wildcards, UInt128 mask)
    {
        Put(ref wildcards, UInt128.MaxValue, mask);
        SetPresence(ref wildcards);
    }

    /// <summary>Marks the whole field as looked at.</summary>
    public void MarkUsed(ref Flow wildcards) => MarkUsed(ref wildcards, Bits);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Sets the presence bit, if the field has one.</summary>
    internal void SetPresence(ref Flow flow)
    {
        if (Presence is { } presence)
            Put(flow.Words, presence, ulong.MaxValue, presence.LowMask);
    }

    /// <summary>Takes the field, and its presence bit, out of a mask.</summary>
    internal void Clear(ref Flow mask)
    {
        Put(ref mask, 0, Bits);
        if (Presence is { } presence)
            Put(mask.Words, presence, 0, presence.LowMask);
    }

    /// <summary>Whether the presence bit, if the field has one, is set.</summary>
    internal bool PresenceIn(in Flow flow) =>
        Presence is not { } presence || ((flow.ReadOnlyWords[presence.Word] >> presence.Shift) & presence.LowMask) != 0;

    internal static UInt128 AllOnes(int width) => width >= 128 ? UInt128.MaxValue : (UInt128.One << width) - 1;

    private static void Put(Span<ulong> words, FieldLocation location, ulong value, ulong mask)
    {
        ref ulong word = ref words[location.Word];
        word = (word & ~(mask << location.Shift)) | ((value & mask) << location.Shift);
    }
}
