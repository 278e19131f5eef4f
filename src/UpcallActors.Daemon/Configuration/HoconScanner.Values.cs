namespace UpcallActors.Daemon.Configuration;

/// <content>Values, white space and comments.</content>
internal sealed partial class HoconScanner
{
    private const int End = -1;

    private void ScanValue()
    {
        switch (Peek())
        {
            case '{':
                ScanBlock();
                break;
            case '[':
                ScanList();
                break;
            default:
                ScanPlainValue();
                break;
        }
    }

    private void ScanPlainValue()
    {
        switch (Peek())
        {
            case '"' when string.CompareOrdinal(_text, _at, "\"\"\"", 0, 3) == 0:
                throw Error("\"\"\" is not supported; use a file, or one pair of quotes");
            case '"':
                ScanString();
                break;
            case '$':
                throw Error("substitutions are not supported; write the value itself");
            default:
                ScanUnquoted();
                break;
        }
    }

    private void ScanList()
    {
        _at++;
        SkipBlank();
        if (Peek() == ']')
        {
            _at++;
            return;
        }

        while (true)
        {
            if (Peek() is '[' or '{')
                throw Error("a list holds plain values");
            ScanPlainValue();
            SkipBlank();
            if (Peek() == ']')
                break;
            if (Peek() != ',')
                throw Error($"',' or ']' expected in a list, not {Describe(Peek())}");
            _at++;
            SkipBlank();
        }

        _at++;
    }

    private void ScanString()
    {
        _at++;
        while (Peek() != '"')
        {
            int next = Peek();
            if (next is End or '\n')
                throw Error("a '\"' is missing at the end of the value");
            if (next < ' ')
                throw Error("a control character in quotes; use an escape such as \\t");
            if (next == '\\')
                ScanEscape();
            else
                _at++;
        }

        _at++;
    }

    private void ScanEscape()
    {
        _at++;
        int kind = Peek();
        _at++;
        if (kind == 'u')
        {
            for (int digit = 0; digit < 4; digit++, _at++)
            {
                if (Peek() == End || !char.IsAsciiHexDigit((char)Peek()))
                    throw Error("\\u takes four hexadecimal digits");
            }
        }
        else if (kind == End || !"\"\\/bfnrt".Contains((char)kind, StringComparison.Ordinal))
        {
            throw Error("an escape that does not exist");
        }
    }

    /// <summary>Text without quotes, to the end of the line, a comma, a closing bracket or a comment.</summary>
    private void ScanUnquoted()
    {
        int start = _at;
        while (!AtComment() && IsUnquotedCharacter(Peek()))
            _at++;
        if (_at == start)
        {
            throw Peek() is '\n' or End or ',' or '}' or ']' or '#' or '/'
                ? Error("a value is missing")
                : Error($"{Describe(Peek())} must stand in quotes");
        }

        if (!AtComment() && Peek() is not (End or '\n' or ',' or '}' or ']'))
            throw Error($"{Describe(Peek())} must stand in quotes, or ',' or a new line is missing before it");
    }

    private bool AtComment() => Peek() == '#' || (Peek() == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/');

    private void SkipSpaces()
    {
        while (Peek() is ' ' or '\t')
            _at++;
        if (!AtComment())
            return;
        while (Peek() is not ('\n' or End))
            _at++;
    }

    private void SkipBlank()
    {
        SkipSpaces();
        while (Peek() == '\n')
        {
            _at++;
            _line++;
            SkipSpaces();
        }
    }

    private int Peek() => _at < _text.Length ? _text[_at] : End;

    private static bool IsKeyCharacter(int character) =>
        character is '-' or '_' || (character != End && char.IsAsciiLetterOrDigit((char)character));

    private static bool IsUnquotedCharacter(int character) =>
        character is ' ' or '\t' or '.' or '/' or '%' or '~' || IsKeyCharacter(character);
}
