using System.Globalization;
using System.Text;

namespace UpcallActors.Daemon.Configuration.Hocon;

/// <content>Values, white space and comments.</content>
internal sealed partial class HoconParser
{
    private const int End = -1;
    private const string Triple = "\"\"\"";

    /// <summary>Characters that HOCON's specification wants in quotes.</summary>
    private const string Forbidden = "$\"{}[]:=,+#`^?!@*&\\";

    /// <summary>
    /// A value, or several behind each other on a line which make one. Lists and blocks go with lists
    /// and blocks, and with substitutions; a text beside one of them is a comma that was forgotten.
    /// </summary>
    private HoconNode ParseValue()
    {
        if (Peek() is not ('{' or '['))
            return ParsePlainValues();
        HoconPlace place = Here;
        var pieces = new List<HoconNode>();
        while (true)
        {
            if (Peek() == '{')
                pieces.Add(ParseBlock());
            else if (Peek() == '[')
                pieces.Add(ParseList());
            else if (Follows("${"))
                pieces.Add(ParseSubstitution());
            else
                break;
            SkipSpaces();
        }

        return pieces.Count == 1 ? pieces[0] : new HoconJoin(place, pieces);
    }

    /// <summary>
    /// To the value behind an '=', which may stand on a later line. Where the next key stands there, the value was forgotten: Akka.NET
    /// takes the key for the value.
    /// </summary>
    private void SkipToValue()
    {
        int line = _line;
        SkipBlank();
        if (Peek() is End or ',' or '}' or ']' || (_line > line && AtEntry()))
            throw new HoconSyntaxException(line, "a value is missing");
    }

    /// <summary>Whether a key with an '=' or a block behind it stands here, or an include.</summary>
    private bool AtEntry()
    {
        if (Follows("${") || Follows(Triple) || Peek() is '{' or '[')
            return false;
        (int at, int line) = (_at, _line);
        bool isInclude = FollowsWord(Include);
        while (Peek() is not (End or '\n') && !AtComment() && (Peek() == '.' || IsKeyCharacter(Peek()) || (Peek() == '"' && SkipQuoted())))
            _at++;
        if (!isInclude)
            SkipBlank();
        bool isEntry = isInclude ? Peek() is ' ' or '\t' or '"' : Peek() is '=' or ':' or '{' || Follows("+=");
        (_at, _line) = (at, line);
        return isEntry;
    }

    /// <summary>To the closing quote.</summary>
    private bool SkipQuoted()
    {
        int end = _text.AsSpan(_at + 1).IndexOfAny('"', '\n');
        if (end < 0 || _text[_at + 1 + end] == '\n')
            return false;
        _at += end + 1;
        return true;
    }

    /// <summary>
    /// Texts and substitutions behind each other, with the white space between
    /// them, to the end of the line, a comma, a closing bracket or a comment.
    /// </summary>
    private HoconNode ParsePlainValues()
    {
        HoconPlace place = Here;
        var pieces = new List<HoconNode>();
        while (true)
        {
            int start = _at;
            if (Follows(Triple))
                pieces.Add(new HoconText(place, ParseTripleString()));
            else if (Peek() == '"')
                pieces.Add(new HoconText(place, ParseString()));
            else if (Follows("${"))
                pieces.Add(ParseSubstitution());
            else if (Peek() is '{' or '[' && pieces.Any(piece => piece is HoconSubstitution))
                return ParseBehindSubstitution(place, pieces);
            else if (!TryParseUnquoted(place, pieces))
                break;
            if (_at == start)
                break;
        }

        TrimEnd(pieces);
        if (pieces.Count == 0)
        {
            throw Peek() is '\n' or End or ',' or '}' or ']' or '#' or '/'
                ? Error("a value is missing")
                : Error($"{Describe(Peek())} must stand in quotes");
        }

        if (!AtComment() && Peek() is not (End or '\n' or ',' or '}' or ']'))
            throw Error($"{Describe(Peek())} must stand in quotes, or ',' or a new line is missing before it");
        return pieces.Count > 1
            ? new HoconJoin(place, [.. pieces.Select(piece => piece is Unquoted part ? new HoconText(place, part.Text) : piece)])
            : pieces[0] is Unquoted unquoted ? new HoconText(place, unquoted.Text == "null" ? null : unquoted.Text)
            : pieces[0];
    }

    /// <summary><c>${base} { … }</c> and <c>${?list} [ … ]</c>.</summary>
    private HoconJoin ParseBehindSubstitution(HoconPlace place, List<HoconNode> pieces)
    {
        TrimEnd(pieces);
        if (pieces.Any(piece => piece is not HoconSubstitution and not Unquoted { IsBlank: true }))
            throw Error($"{Describe(Peek())} must stand in quotes, or ',' or a new line is missing before it");
        pieces.RemoveAll(piece => piece is Unquoted);
        HoconNode rest = ParseValue();
        return new HoconJoin(place, rest is HoconJoin join ? [.. pieces, .. join.Pieces] : [.. pieces, rest]);
    }

    private bool TryParseUnquoted(HoconPlace place, List<HoconNode> pieces)
    {
        int start = _at;
        while (!AtComment() && IsUnquotedCharacter(Peek()))
            _at++;
        if (_at == start)
            return false;
        pieces.Add(new Unquoted(place, _text[start.._at]));
        return true;
    }

    /// <summary>White space behind the last piece is none of the value. What is before the first one was skipped.</summary>
    private static void TrimEnd(List<HoconNode> pieces)
    {
        if (pieces.Count == 0 || pieces[^1] is not Unquoted last)
            return;
        if (last.IsBlank)
            pieces.RemoveAt(pieces.Count - 1);
        else
            pieces[^1] = new Unquoted(last.Place, last.Text[..(LastNotBlank(last.Text) + 1)]);
    }

    private HoconBlock ParseBlock()
    {
        var block = new HoconBlock(Here);
        _at++;
        ParseEntries(block, braced: true);
        return block;
    }

    /// <summary>Elements have commas or line ends between them, and may have one comma behind the last.</summary>
    private HoconList ParseList()
    {
        HoconPlace place = Here;
        if (++_depth > MaxDepth)
            throw Error($"lists are nested deeper than {MaxDepth}");
        var elements = new List<HoconNode>();
        _at++;
        SkipBlank();
        while (Peek() != ']')
        {
            if (Peek() == ',')
                throw Error(elements.Count == 0 ? "a value is missing before ','" : "nothing between two commas");
            if (Peek() == End)
                throw Error($"',' or ']' expected in a list, not {Describe(End)}");
            elements.Add(ParseValue());
            SkipSpaces();
            bool isApart = Peek() == '\n';
            SkipBlank();
            if (Peek() == ',')
            {
                _at++;
                SkipBlank();
            }
            else if (Peek() != ']' && !isApart)
            {
                throw Error($"',' or ']' expected in a list, not {Describe(Peek())}");
            }
        }

        _at++;
        _depth--;
        return new HoconList(place, elements);
    }

    private HoconSubstitution ParseSubstitution()
    {
        HoconPlace place = Here;
        _at += 2;
        bool isOptional = Peek() == '?';
        if (isOptional)
            _at++;
        int outer = _path.Count;
        ParseKey(outer);
        if (Peek() != '}')
            throw Error($"'}}' expected at the end of ${{…}}, not {Describe(Peek())}");
        _at++;
        string[] path = [.. _path.Skip(outer)];
        _path.RemoveRange(outer, _path.Count - outer);
        return new HoconSubstitution(place, path, isOptional, _included);
    }

    private string ParseString()
    {
        var text = new StringBuilder();
        _at++;
        while (Peek() != '"')
        {
            int next = Peek();
            if (next is End or '\n')
                throw Error("a '\"' is missing at the end of the value");
            if (next < ' ')
                throw Error("a control character in quotes; use an escape such as \\t");
            if (next == '\\')
                text.Append(ParseEscape());
            else
                text.Append(_text[_at++]);
        }

        _at++;
        return text.ToString();
    }

    /// <summary>A text over lines, as it stands there: without escapes.</summary>
    private string ParseTripleString()
    {
        int start = _at + Triple.Length;
        int end = _text.IndexOf(Triple, start, StringComparison.Ordinal);
        if (end < 0)
            throw Error($"the {Triple} at the end of the text that begins here is missing");
        string text = _text[start..end];
        _at = end + Triple.Length;
        _line += text.AsSpan().Count('\n');
        // HOCON takes a fourth quote into the text, Akka.NET passes over it.
        return Peek() == '"' ? throw Error($"a '\"' too many behind {Triple}") : text;
    }

    private char ParseEscape()
    {
        _at++;
        int kind = Peek();
        _at++;
        if (kind == 'u')
        {
            for (int digit = 0; digit < 4; digit++)
            {
                if (_at + digit >= _text.Length || !char.IsAsciiHexDigit(_text[_at + digit]))
                    throw Error("\\u takes four hexadecimal digits");
            }

            _at += 4;
            return (char)ushort.Parse(_text.AsSpan(_at - 4, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        const string Escapes = "\"\\/bfnrt";
        int escape = kind == End ? -1 : Escapes.IndexOf((char)kind, StringComparison.Ordinal);
        return escape < 0 ? throw Error("an escape that does not exist") : "\"\\/\b\f\n\r\t"[escape];
    }

    private bool AtComment() => Peek() == '#' || Follows("//");

    private bool Follows(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;

    /// <summary>Whether a word stands here that is not followed by a character of a key.</summary>
    private bool FollowsWord(string word) =>
        Follows(word) && (_at + word.Length == _text.Length || !IsKeyCharacter(_text[_at + word.Length]));

    private void SkipSpaces()
    {
        while (IsBlank(Peek()))
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

    /// <summary>White space within a line: also what Unicode has of it, and its mark of byte order.</summary>
    private static bool IsBlank(int character) =>
        character is ' ' or '\t' or 0xfeff || (character > ' ' && char.IsWhiteSpace((char)character));

    private static bool IsKeyCharacter(int character) => character != '.' && !IsBlank(character) && IsUnquotedCharacter(character);

    /// <summary>What HOCON allows without quotes.</summary>
    private static bool IsUnquotedCharacter(int character) =>
        IsBlank(character) || (character > ' ' && !char.IsControl((char)character)
            && !Forbidden.Contains((char)character, StringComparison.Ordinal));

    private static int LastNotBlank(string text)
    {
        int last = text.Length - 1;
        while (last >= 0 && IsBlank(text[last]))
            last--;
        return last;
    }

    /// <summary>Text without quotes, while its value is still being put together.</summary>
    private sealed class Unquoted(HoconPlace place, string text) : HoconNode(place)
    {
        public string Text => text;

        public bool IsBlank => LastNotBlank(text) < 0;
    }
}
