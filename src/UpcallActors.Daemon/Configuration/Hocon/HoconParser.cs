using System.Text;

namespace UpcallActors.Daemon.Configuration.Hocon;

/// <summary>
/// Reads a HOCON text into nodes that know their lines, and refuses what other parsers take silently for something else (a stray brace, a
/// key without value, two entries on one line). It may allocate, because configuration is read seldom.
/// </summary>
internal sealed partial class HoconParser
{
    /// <summary>Blocks in blocks, at most.</summary>
    public const int MaxDepth = 16;

    private readonly string _text;
    private readonly string _file;
    private readonly string _directory;
    private readonly string[] _included;
    private readonly Func<HoconInclude, HoconBlock?> _read;
    private readonly List<string> _path = [];
    private int _at;
    private int _line = 1;
    private int _depth;

    private HoconParser(string text, string file, string directory, string[] included, Func<HoconInclude, HoconBlock?> include)
    {
        _text = text;
        _file = file;
        _directory = directory;
        _included = included;
        _read = include;
    }

    private HoconPlace Here => new(_file, _directory, _line);

    /// <summary>
    /// Parses a text whose lines end in a line feed alone. Throws <see cref="HoconSyntaxException"/>,
    /// which has the line, at the first thing that is no HOCON or is not supported.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file's name, for places.</param>
    /// <param name="directory">What relative paths in the text start from.</param>
    /// <param name="included">The block that the text is included in; empty for the top.</param>
    /// <param name="include">Reads a file that the text includes; null when there is none.</param>
    public static HoconBlock Parse(string text, string file, string directory, string[] included, Func<HoconInclude, HoconBlock?> include)
    {
        var parser = new HoconParser(text, file, directory, included, include);
        parser.SkipBlank();
        var root = new HoconBlock(parser.Here);
        bool braced = parser.Peek() == '{';
        if (braced)
            parser._at++;
        parser.ParseEntries(root, braced);
        parser.SkipBlank();
        if (parser.Peek() != End)
            throw parser.Error("nothing may follow the closing '}'");
        return root;
    }

    private void ParseEntries(HoconBlock block, bool braced)
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

            ParseEntry(block);
            EndOfEntry(braced ? '}' : End);
        }

        _depth--;
    }

    private void ParseEntry(HoconBlock block)
    {
        if (TryParseInclude(block))
            return;
        int outer = _path.Count;
        HoconPlace place = Here;
        ParseKey(0);
        // The brace or the '=' may stand on the next line.
        SkipBlank();
        switch (Peek())
        {
            case '{':
                FieldAt(block, outer, place).Assign(ParseValue());
                break;
            case '=' or ':':
                _at++;
                SkipToValue();
                FieldAt(block, outer, place).Assign(ParseValue());
                break;
            case '+' when Follows("+="):
                _at += 2;
                SkipToValue();
                var before = new HoconSubstitution(place, [.. _included, .. _path], isOptional: true, []);
                FieldAt(block, outer, place).Append(place, before, ParsePlainValues());
                break;
            default:
                throw new HoconSyntaxException(place.Line, $"'=' or '{{' expected after the key {_path[^1]}");
        }

        _path.RemoveRange(outer, _path.Count - outer);
    }

    /// <summary>The field that the path leads to from <paramref name="outer"/> on; <c>a.b = c</c> is <c>a { b = c }</c>.</summary>
    private HoconField FieldAt(HoconBlock block, int outer, HoconPlace place)
    {
        for (int segment = outer; segment < _path.Count - 1; segment++)
            block = block.Inner(_path[segment], place);
        return block.Field(_path[^1]);
    }

    /// <summary>
    /// One or more segments with dots between, behind those that the path has; from <paramref name="start"/> on they are a path.
    /// </summary>
    private void ParseKey(int start)
    {
        while (true)
        {
            _path.Add(Peek() == '"' ? ParseQuotedKey() : ParsePlainKey());
            if (_path.Count - start > MaxDepth)
                throw Error($"blocks are nested deeper than {MaxDepth}");
            if (Peek() != '.')
                return;
            _at++;
        }
    }

    private string ParsePlainKey()
    {
        int start = _at;
        while (IsKeyCharacter(Peek()) && !AtComment())
            _at++;
        if (_at == start)
            throw Error($"a key expected, not {Describe(Peek())}");
        return _text[start.._at];
    }

    private string ParseQuotedKey()
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
