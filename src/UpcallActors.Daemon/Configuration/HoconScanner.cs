using System.Text;

namespace UpcallActors.Daemon.Configuration;

/// <summary>
/// Finds on which line of a HOCON text each key stands, which Akka's parser does not tell, and refuses what that parser
/// would take silently for something else (a stray brace, a key without value, two entries on one line). The text that
/// passes is the subset of HOCON on which both agree: no <c>include</c>, no substitutions, no concatenated objects.
/// Allocates as it likes: configuration is read once.
/// </summary>
internal sealed partial class HoconScanner
{
    /// <summary>Blocks in blocks, at most; deeper text is refused before a recursive parser sees it.</summary>
    public const int MaxDepth = 16;

    private readonly string _text;
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];
    private int _at;
    private int _line = 1;
    private int _depth;

    private HoconScanner(string text) => _text = text;

    /// <summary>
    /// Scans a text whose lines end in a line feed alone. Throws <see cref="HoconSyntaxException"/>, which has the line, at the first thing that is no HOCON or
    /// is not supported.
    /// </summary>
    /// <returns>The line of every key, by its path as <see cref="Join"/> writes it; the last one where a key stands twice.</returns>
    public static IReadOnlyDictionary<string, int> Scan(string text)
    {
        var scanner = new HoconScanner(text);
        scanner.SkipBlank();
        bool braced = scanner.Peek() == '{';
        if (braced)
            scanner._at++;
        scanner.ScanEntries(braced);
        scanner.SkipBlank();
        if (scanner.Peek() != End)
            throw scanner.Error("nothing may follow the closing '}'");
        return scanner._lines;
    }

    /// <summary>A path as one string: segments may contain dots, so they are kept apart by a character that no key has.</summary>
    public static string Join(IEnumerable<string> path) => string.Join('\u001f', path);

    private void ScanEntries(bool braced)
    {
        if (++_depth > MaxDepth)
            throw Error($"blocks are nested deeper than {MaxDepth}");
        while (true)
        {
            SkipBlank();
            int next = Peek();
            if (next == End && !braced)
                break;
            if (next == End)
                throw Error("a '}' is missing at the end");
            if (next == '}')
            {
                if (!braced)
                    throw Error("a '}' without its '{'");
                _at++;
                break;
            }

            ScanEntry();
            EndOfEntry(braced ? '}' : End);
        }

        _depth--;
    }

    private void ScanEntry()
    {
        int outer = _path.Count;
        ScanKey();
        SkipSpaces();
        switch (Peek())
        {
            case '{':
                ScanBlock();
                break;
            case '=' or ':':
                _at++;
                SkipSpaces();
                ScanValue();
                break;
            case '+':
                throw Error("'+=' is not supported; write the whole list");
            default:
                throw Error($"'=' or '{{' expected after the key {_path[^1]}");
        }

        _path.RemoveRange(outer, _path.Count - outer);
    }

    private void ScanBlock()
    {
        _at++;
        ScanEntries(braced: true);
    }

    /// <summary>One or more segments with dots between; each prefix gets the line too, so that a problem with a block finds one.</summary>
    private void ScanKey()
    {
        while (true)
        {
            _path.Add(Peek() == '"' ? ScanQuotedKey() : ScanPlainKey());
            _lines[Join(_path)] = _line;
            if (Peek() != '.')
                return;
            _at++;
        }
    }

    private string ScanPlainKey()
    {
        int start = _at;
        while (IsKeyCharacter(Peek()))
            _at++;
        if (_at == start)
            throw Error($"a key expected, not {Describe(Peek())}");
        string key = _text[start.._at];
        if (key == "include")
            throw Error("include is not supported; give several --config files, which are laid over each other in order");
        return key;
    }

    private string ScanQuotedKey()
    {
        int start = ++_at;
        while (Peek() is not ('"' or '\n' or End))
        {
            if (Peek() == '\\' || Peek() < ' ')
                throw Error("a quoted key takes no escapes and no control characters");
            _at++;
        }

        if (Peek() != '"')
            throw Error("a '\"' is missing at the end of the key");
        if (_at == start)
            throw Error("an empty key");
        return _text[start.._at++];
    }

    private void EndOfEntry(int close)
    {
        SkipSpaces();
        int next = Peek();
        if (next == ',')
        {
            _at++;
            SkipBlank();
            if (Peek() == ',')
                throw Error("nothing between two commas");
            return;
        }

        if (next != End && next != '\n' && next != close)
            throw Error($"',' or a new line expected, not {Describe(next)}");
    }

    private HoconSyntaxException Error(string message) => new(_line, message);

    private static string Describe(int character) => character switch
    {
        End => "the end of the file",
        '\n' => "the end of the line",
        < ' ' => $"the control character {character}",
        _ => new StringBuilder().Append('\'').Append((char)character).Append('\'').ToString(),
    };
}
