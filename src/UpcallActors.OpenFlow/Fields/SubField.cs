using System.Globalization;

namespace UpcallActors.OpenFlow;

/// <summary>A run of bits of a field, as actions name it: <c>NXM_NX_REG0[0..15]</c>, <c>reg0[3]</c>, <c>reg0[]</c>, <c>reg0</c>.</summary>
/// <param name="Field">The field.</param>
/// <param name="Start">The lowest bit.</param>
/// <param name="Length">How many bits, at least 1.</param>
internal readonly record struct SubField(MatchField Field, int Start, int Length)
{
    /// <summary>A whole field.</summary>
    public SubField(MatchField field)
        : this(field, 0, field.NumberedBits)
    {
    }

    /// <summary>As many ones as there are bits.</summary>
    public UInt128 LowMask => MatchField.AllOnes(Length);

    /// <summary>Whether it is the field from end to end.</summary>
    public bool IsWhole => Start == 0 && Length == Field.NumberedBits;

    /// <summary>Reads the bits, moved down to bit 0.</summary>
    public UInt128 Read(in Flow flow) => (Field.Read(flow) >> Start) & LowMask;

    /// <summary>Writes the bits from the low end of <paramref name="value"/>; the rest of the field stays.</summary>
    public void Write(ref Flow flow, UInt128 value)
    {
        if (Length == Field.Width)
            Field.Write(ref flow, value);
        else
            Field.Put(ref flow, value << Start, LowMask << Start);
    }

    /// <summary>Marks the bits as looked at, and what the field's prerequisite looks at.</summary>
    public void MarkUsed(ref Flow wildcards)
    {
        Field.Prerequisite.MarkUsed(ref wildcards);
        Field.MarkUsed(ref wildcards, LowMask << Start);
    }

    /// <summary>Reads one at the cursor, which stops behind it.</summary>
    /// <exception cref="FlowSyntaxException">There is no such field, or its bits are not there.</exception>
    public static SubField Parse(ref TextCursor cursor)
    {
        int start = cursor.Position;
        ReadOnlySpan<char> name = cursor.TakeName();
        if (name.IsEmpty)
            throw cursor.Error("a field is missing here");
        if (!MatchFields.TryFind(name, out MatchField? field))
            throw cursor.ErrorAt(start, $"unknown field '{name}'");
        if (!cursor.TryTake('['))
            return new SubField(field);
        if (cursor.TryTake(']'))
            return new SubField(field);
        int lowAt = cursor.Position;
        int low = TakeBit(ref cursor, field);
        int high = cursor.TryTake("..") ? TakeBit(ref cursor, field) : low;
        if (high < low)
            throw cursor.ErrorAt(lowAt, $"bit {low} comes after bit {high}");
        cursor.Expect(']');
        return new SubField(field, low, high - low + 1);
    }

    /// <summary>Reads one that stands alone.</summary>
    /// <exception cref="FlowSyntaxException">There is no such field, its bits are not there, or more comes behind.</exception>
    public static SubField Parse(string text)
    {
        var cursor = new TextCursor(text);
        SubField field = Parse(ref cursor);
        return cursor.AtEnd ? field : throw cursor.Error("nothing comes behind a field");
    }

    /// <summary>Printed with NXM's name where there is one: <c>NXM_NX_REG0[0..15]</c>, as <c>ovs-ofctl</c> prints it.</summary>
    public override string ToString()
    {
        string name = Field.Nxm?.Name ?? Field.Oxm?.Name ?? Field.Name;
        return IsWhole ? name + "[]"
            : Length == 1 ? string.Create(CultureInfo.InvariantCulture, $"{name}[{Start}]")
            : string.Create(CultureInfo.InvariantCulture, $"{name}[{Start}..{Start + Length - 1}]");
    }

    private static int TakeBit(ref TextCursor cursor, MatchField field)
    {
        int at = cursor.Position;
        ReadOnlySpan<char> digits = cursor.TakeDigits();
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int bit))
            throw cursor.ErrorAt(at, "a bit's number is missing here");
        return bit < field.NumberedBits
            ? bit
            : throw cursor.ErrorAt(at, $"{field.Name} has {field.NumberedBits} bits, there is no bit {bit}");
    }
}
