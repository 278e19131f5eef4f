using System.Globalization;
using System.Text;

namespace UpcallActors.Daemon.Configuration.Hocon;

/// <content>Values, white space and comments.</content>
internal sealed partial class HoconParser
{
    private const int End = -1;

    /// <summary>
    /// A value, or several behind each other on a line which make one. Lists and blocks go with lists and blocks, and with substitutions; a text beside one of them
    /// is a comma that was forgotten.
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

    /// <summary>Texts and substitutions behind each other, with the white space between them, to the end of the line, a comma, a closing bracket or a comment.</summary>
    private HoconNode ParsePlainValues()
    {
        HoconPlace place = Here;
        var pieces = new List<HoconNode>();
        while (true)
        {
            int start = _at;
            if (Follows("\"\"\""))
                throw Error("\"\"\" is not supported; use a file, or one pair of quotes");
            if (Peek() == '"')
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
        return pieces.Count > 1 ? new HoconJoin(place, [.. pieces.Select(piece => piece is Unquoted part ? new HoconText(place, part.Text) : piece)])
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
            pieces[^1] = new Unquoted(last.Place, last.Text.TrimEnd(' ', '\t'));
    }

    private HoconBlock ParseBlock()
    {
        var block = new HoconBlock(Here);
        _at++;
        ParseEntries(block, braced: true);
        return block;
    }

    private HoconList ParseList()
    {
        HoconPlace place = Here;
        var elements = new List<HoconNode>();
        _at++;
        SkipBlank();
        while (Peek() != ']' || elements.Count > 0)
        {
            if (Peek() is '[' or '{')
                throw Error("a list holds plain values");
            elements.Add(ParsePlainValues());
            SkipBlank();
            if (Peek() == ']')
                break;
            if (Peek() != ',')
                throw Error($"',' or ']' expected in a list, not {Describe(Peek())}");
            _at++;
            SkipBlank();
        }

        _at++;
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

    /// <summary>Text without quotes, while its value is still being put together.</summary>
    private sealed class Unquoted(HoconPlace place, string text) : HoconNode(place)
    {
        public string Text => text;

        public bool IsBlank => string.IsNullOrWhiteSpace(text);
    }
}
