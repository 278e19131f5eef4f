namespace UpcallActors.Ofproto;

/// <summary>
/// What is left of the lists of a translation that a recirculation interrupts, the innermost first. Used over and over; allocates only for
/// more lists than ever before.
/// </summary>
internal sealed class LeftActions
{
    private FrozenActions[] _lists = new FrozenActions[8];
    private int _count;

    /// <summary>The lists so far.</summary>
    public ReadOnlySpan<FrozenActions> Span => _lists.AsSpan(0, _count);

    /// <summary>Keeps what is left of one more list.</summary>
    public void Add(in FrozenActions list)
    {
        if (_count == _lists.Length)
            Array.Resize(ref _lists, 2 * _count);
        _lists[_count++] = list;
    }

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        Array.Clear(_lists, 0, _count);
        _count = 0;
    }
}
