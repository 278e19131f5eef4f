using System.Globalization;

namespace UpcallActors.Odp.Text;

/// <summary>Walks a text from left to right; what does not fit is an <see cref="OdpTextException"/> that says where.</summary>
internal sealed class OdpTextCursor(string text)
{
    private const string Separators = ", \t\r\n";

    public int Position { get; private set; }

    public bool AtEnd => Position >= text.Length;

    public char Current => AtEnd ? '\0' : text[Position];

    public OdpTextException Expected(string what) => new($"expected {what}", Position);

    /// <summary>Whether exactly this word follows.</summary>
    public bool IsAt(string word) => Rest.StartsWith(word, StringComparison.Ordinal);

    /// <summary>Takes a word if exactly it follows.</summary>
    public bool TryTake(string word)
    {
        if (!IsAt(word))
            return false;
        Position += word.Length;
        return true;
    }

    public void Take(string word)
    {
        if (!TryTake(word))
            throw Expected($"\"{word}\"");
    }

    /// <summary>Passes over commas and blanks; whether there were any.</summary>
    public bool SkipSeparators()
    {
        int start = Position;
        while (!AtEnd && Separators.Contains(Current, StringComparison.Ordinal))
            Position++;
        return Position != start;
    }

    /// <summary>Takes characters up to one of <paramref name="ends"/>, a separator or the end; at least one.</summary>
    public string TakeWord(string ends)
    {
        int start = Position;
        while (!AtEnd && !ends.Contains(Current, StringComparison.Ordinal) && !Separators.Contains(Current, StringComparison.Ordinal))
            Position++;
        return Position > start ? text[start..Position] : throw Expected("a word");
    }

    /// <summary>Looks at what <see cref="TakeWord"/> would take, without taking it; empty when there is nothing.</summary>
    public string PeekWord(string ends)
    {
        int start = Position;
        int end = start;
        while (end < text.Length && !ends.Contains(text[end], StringComparison.Ordinal)
            && !Separators.Contains(text[end], StringComparison.Ordinal))
            end++;
        return text[start..end];
    }

    /// <summary>Takes a number, decimal or with 0x, of at most <paramref name="bits"/> bits.</summary>
    public UInt128 TakeNumber(int bits)
    {
        int start = Position;
        UInt128 limit = bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
        bool isHexadecimal = TryTake("0x") || TryTake("0X");
        int digits = Position;
        while (!AtEnd && (isHexadecimal ? char.IsAsciiHexDigit(Current) : char.IsAsciiDigit(Current)))
            Position++;
        NumberStyles style = isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (UInt128.TryParse(text.AsSpan(digits, Position - digits), style, CultureInfo.InvariantCulture, out UInt128 value)
            && value <= limit)
            return value;
        Position = start;
        throw Expected($"a number of at most {bits} bits");
    }

    /// <summary>Takes bytes as pairs of hexadecimal digits, with blanks between them or not.</summary>
    public byte[] TakeBytes()
    {
        var bytes = new List<byte>();
        while (true)
        {
            int blanks = Position;
            while (Current == ' ')
                Position++;
            if (!char.IsAsciiHexDigit(Current))
            {
                Position = blanks;
                return [.. bytes];
            }

            if (Position + 1 >= text.Length || !char.IsAsciiHexDigit(text[Position + 1]))
                throw Expected("two hexadecimal digits");
            bytes.Add(byte.Parse(text.AsSpan(Position, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            Position += 2;
        }
    }

    public void MoveBack(int position) => Position = position;

    private ReadOnlySpan<char> Rest => text.AsSpan(Position);
}
