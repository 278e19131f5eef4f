namespace UpcallActors.OpenFlow;

/// <summary>Puts a <see cref="Match"/> together field by field.</summary>
internal struct MatchBuilder
{
    /// <summary>The value so far.</summary>
    public Flow Value;

    /// <summary>The mask so far.</summary>
    public Flow Mask;

    /// <summary>Matches a field exactly.</summary>
    public void Set(MatchField field, UInt128 value) => Set(field, value, field.Bits);

    /// <summary>Matches a field under a mask, which replaces what was said of it before.</summary>
    public void Set(MatchField field, UInt128 value, UInt128 mask)
    {
        field.Clear(ref Mask);
        Add(field, value, mask);
    }

    /// <summary>Matches some bits of a field besides those it matches already.</summary>
    public void Add(MatchField field, UInt128 value, UInt128 mask)
    {
        if (mask == 0)
            return;
        field.Put(ref Value, value, mask);
        field.SetPresence(ref Value);
        field.MarkUsed(ref Mask, mask);
    }

    /// <summary>The match.</summary>
    public readonly Match Build() => new(Value, Mask);
}
