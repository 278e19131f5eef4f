using System.Globalization;

namespace UpcallActors.OpenFlow;

/// <summary>
/// A place in a line of flow text. Moves forward only; every error it makes carries the file, line and column it was met at.
/// A cursor over a part of the line (<see cref="Slice"/>) reports the columns of the whole line.
/// </summary>
internal ref struct TextCursor
{
    // Messages quote the text, of which a line may have megabytes.
    private const int LongestMessage = 300;

    private readonly ReadOnlySpan<char> _text;
    private readonly int _column;

    /// <summary>
    /// A cursor at the start of <paramref name="text"/>, which stands at
    /// <paramref name="line"/> and <paramref name="column"/> of <paramref name="source"/>.
    /// </summary>
    public TextCursor(ReadOnlySpan<char> text, string? source = null, int line = 1, int column = 1)
    {
        _text = text;
        _column = column;
        Source = source;
        Line = line;
    }

    /// <summary>Port names that may stand for numbers, besides the reserved ones.</summary>
    public FlowNames Names { get; init; } = FlowNames.None;

    /// <summary>The file, if any.</summary>
    public string? Source { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>Characters taken so far.</summary>
    public int Position { get; private set; }

    /// <summary>Whether nothing is left.</summary>
    public readonly bool AtEnd => Position >= _text.Length;

    /// <summary>Characters in all.</summary>
    public readonly int Length => _text.Length;

    /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<char> Rest => _text[Position..];

    /// <summary>The next character, 0 at the end.</summary>
    public readonly char Peek => AtEnd ? '\0' : _text[Position];

    /// <summary>Takes <paramref name="expected"/> if it is next.</summary>
    public bool TryTake(char expected)
    {
        if (AtEnd || _text[Position] != expected)
            return false;
        Position++;
        return true;
    }

    /// <summary>Takes <paramref name="expected"/> if it is next.</summary>
    public bool TryTake(ReadOnlySpan<char> expected)
    {
        if (!Rest.StartsWith(expected, StringComparison.Ordinal))
            return false;
        Position += expected.Length;
        return true;
    }

    /// <summary>Takes <paramref name="expected"/>.</summary>
    /// <exception cref="FlowSyntaxException">Something else is next.</exception>
    public void Expect(char expected)
    {
        if (!TryTake(expected))
            throw Error(AtEnd ? $"'{expected}' is missing at the end" : $"'{expected}' expected instead of '{Peek}'");
    }

    /// <summary>Takes blanks.</summary>
    public void SkipBlanks()
    {
        while (!AtEnd && char.IsWhiteSpace(_text[Position]))
            Position++;
    }

    /// <summary>Takes blanks and commas, which separate the parts of a flow.</summary>
    public void SkipSeparators()
    {
        while (!AtEnd && IsSeparator(_text[Position]))
            Position++;
    }

    /// <summary>Takes letters, digits and underscores; nothing if there are none.</summary>
    public ReadOnlySpan<char> TakeName()
    {
        int start = Position;
        while (!AtEnd && (char.IsAsciiLetterOrDigit(_text[Position]) || _text[Position] == '_'))
            Position++;
        return _text[start..Position];
    }

    /// <summary>Takes decimal digits; nothing if there are none.</summary>
    public ReadOnlySpan<char> TakeDigits()
    {
        int start = Position;
        while (!AtEnd && char.IsAsciiDigit(_text[Position]))
            Position++;
        return _text[start..Position];
    }

    /// <summary>
    /// Takes a word: up to a comma, blank or closing bracket that is not inside a bracket opened in the word.
    /// </summary>
    public ReadOnlySpan<char> TakeWord() => TakeWord("");

    /// <summary>As <see cref="TakeWord()"/>, but also stops before any of <paramref name="stops"/> outside brackets.</summary>
    public ReadOnlySpan<char> TakeWord(ReadOnlySpan<char> stops)
    {
        int start = Position;
        for (int depth = 0; !AtEnd; Position++)
        {
            char next = _text[Position];
            if (depth == 0 && (IsSeparator(next) || next == ')' || stops.Contains(next)))
                break;
            if (next == '(')
                depth++;
            else if (next == ')')
                depth--;
        }
        return _text[start..Position];
    }

    /// <summary>Takes <c>( … )</c> with whatever brackets are inside, and gives a cursor over what stands between.</summary>
    /// <exception cref="FlowSyntaxException">No bracket is next, or it is never closed.</exception>
    public TextCursor TakeBracketed()
    {
        int open = Position;
        Expect('(');
        int start = Position;
        for (int depth = 1; !AtEnd; Position++)
        {
            if (_text[Position] == '(')
                depth++;
            else if (_text[Position] == ')' && --depth == 0)
            {
                TextCursor inside = Slice(start, Position - start);
                Position++;
                return inside;
            }
        }
        throw ErrorAt(open, "'(' is never closed");
    }

    /// <summary>
    /// Takes an unsigned number, decimal, hexadecimal (0x) or octal (leading 0), no greater than <paramref name="maximum"/>.
    /// </summary>
    /// <exception cref="FlowSyntaxException">No number is next, or it is too great.</exception>
    public ulong TakeNumber(string what, ulong maximum = ulong.MaxValue)
    {
        int start = Position;
        ReadOnlySpan<char> digits = TakeName();
        if (!NumberText.TryParse(digits, out UInt128 value))
            throw ErrorAt(start, digits.IsEmpty ? $"{what} must be a number" : $"{what} must be a number, not '{digits}'");
        if (value > maximum)
            throw ErrorAt(start, string.Create(CultureInfo.InvariantCulture, $"{what} must be at most {maximum}"));
        return (ulong)value;
    }

    /// <summary>Takes a table's number, no greater than <paramref name="maximum"/>, or its name.</summary>
    /// <exception cref="FlowSyntaxException">There is no such table.</exception>
    public byte TakeTable(string what, byte maximum)
    {
        int start = Position;
        ReadOnlySpan<char> word = TakeWord();
        if (NumberText.TryParse(word, out UInt128 number))
            return number <= maximum
                ? (byte)number
                : throw ErrorAt(start, string.Create(CultureInfo.InvariantCulture, $"{what} must be at most {maximum}"));
        if (Names.TryGetTable(word, out byte table))
            return table;
        throw ErrorAt(start, word.IsEmpty ? $"{what} is missing here" : $"{what} must be a number or a table's name, not '{word}'");
    }

    /// <summary>A cursor over <paramref name="length"/> characters from <paramref name="start"/> that reports the same positions.</summary>
    public readonly TextCursor Slice(int start, int length) =>
        new(_text.Slice(start, length), Source, Line, _column + start) { Names = Names };

    /// <summary>An error at the next character, for the caller to throw.</summary>
    public readonly FlowSyntaxException Error(string message) => ErrorAt(Position, message);

    /// <summary>An error at a position taken earlier, for the caller to throw.</summary>
    public readonly FlowSyntaxException ErrorAt(int position, string message) =>
        new(new FlowSyntaxError(Source, Line, _column + position,
            message.Length <= LongestMessage ? message : message[..LongestMessage] + "…"));

    private static bool IsSeparator(char character) => character == ',' || char.IsWhiteSpace(character);
}
