namespace UpcallActors.OpenFlow.Tests;

/// <summary>How a kind of elements says how long each is.</summary>
/// <param name="LengthAt">Where the length stands in an element, in bytes.</param>
/// <param name="IsPadded">Whether the length has two bytes and what follows begins at a multiple of 8; else it is one byte, and counts
/// what comes after the header.</param>
/// <param name="Smallest">The least that an element has, in bytes.</param>
internal sealed record ElementLayout(int LengthAt, bool IsPadded, int Smallest)
{
    /// <summary>All, those that are recognized with the most certainty first.</summary>
    public static IReadOnlyList<ElementLayout> All { get; } =
    [
        // Instructions, actions and properties.
        new(2, true, 8),
        // Entries of most statistics, and buckets.
        new(0, true, 8),
        // Ports and meters.
        new(4, true, 8),
        // Fields of a match.
        new(3, false, 4),
    ];

    /// <summary>The length of the element that begins the bytes, without padding; 0 where none can be.</summary>
    public int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Smallest)
            return 0;
        int length = IsPadded ? (bytes[LengthAt] << 8) | bytes[LengthAt + 1] : Smallest + bytes[LengthAt];
        return length >= Smallest && length <= bytes.Length ? length : 0;
    }

    /// <summary>Says the length in an element.</summary>
    public void SetLength(Span<byte> element, int length)
    {
        element[LengthAt] = (byte)(IsPadded ? length >> 8 : length - Smallest);
        if (IsPadded)
            element[LengthAt + 1] = (byte)length;
    }
}

/// <summary>A part of a message that says its length, and the parts in it; guessed from the bytes, without knowing the protocol.</summary>
internal sealed class WireElement
{
    private const int Deepest = 6;
    private const int LongestHead = 160;

    private static readonly ElementLayout _message = new(2, true, OpenFlowHeader.Size);

    private WireElement(ElementLayout layout, byte[] head, List<WireElement> parts)
    {
        Layout = layout;
        Head = head;
        Parts = parts;
    }

    /// <summary>How it says its length.</summary>
    public ElementLayout Layout { get; }

    /// <summary>What comes before its parts; all of it where it has none.</summary>
    public byte[] Head { get; }

    /// <summary>The parts.</summary>
    public List<WireElement> Parts { get; }

    /// <summary>Finds the parts of a whole message.</summary>
    public static WireElement OfMessage(ReadOnlySpan<byte> message) => Of(message, _message, Deepest);

    /// <summary>A copy that can be changed.</summary>
    public WireElement Copy() => new(Layout, [.. Head], [.. Parts.Select(part => part.Copy())]);

    /// <summary>It and all that is in it.</summary>
    public IEnumerable<WireElement> All() => Parts.SelectMany(part => part.All()).Prepend(this);

    /// <summary>Appends it, with the lengths that have become of it and its parts.</summary>
    public void Write(List<byte> bytes)
    {
        int start = bytes.Count;
        bytes.AddRange(Head);
        foreach (WireElement part in Parts)
            part.Write(bytes);
        Span<byte> written = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes)[start..];
        if (written.Length >= Layout.Smallest)
            Layout.SetLength(written, written.Length);
        while (Layout.IsPadded && Layout != _message && (bytes.Count - start) % 8 != 0)
            bytes.Add(0);
    }

    private static WireElement Of(ReadOnlySpan<byte> bytes, ElementLayout layout, int depth)
    {
        if (depth > 0 && layout.IsPadded)
        {
            foreach (ElementLayout inner in ElementLayout.All)
            {
                for (int at = layout.Smallest / 2; at < Math.Min(bytes.Length, LongestHead); at += 4)
                {
                    if (Chain(bytes[at..], inner, depth - 1) is { } parts)
                        return new WireElement(layout, bytes[..at].ToArray(), parts);
                }
            }
        }

        return new WireElement(layout, bytes.ToArray(), []);
    }

    /// <summary>The elements that fill the bytes to their end; null where they do not.</summary>
    private static List<WireElement>? Chain(ReadOnlySpan<byte> bytes, ElementLayout layout, int depth)
    {
        for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty;)
        {
            int length = layout.LengthOf(rest);
            if (length == 0)
                return null;
            rest = rest[Math.Min(rest.Length, Whole(layout, length))..];
        }

        List<WireElement> elements = [];
        while (!bytes.IsEmpty)
        {
            int length = layout.LengthOf(bytes);
            elements.Add(Of(bytes[..length], layout, depth));
            bytes = bytes[Math.Min(bytes.Length, Whole(layout, length))..];
        }

        return elements;
    }

    private static int Whole(ElementLayout layout, int length) => layout.IsPadded ? (length + 7) / 8 * 8 : length;
}
