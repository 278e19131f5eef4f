namespace UpcallActors.Daemon.Configuration.Hocon;

/// <content>Files that a text includes.</content>
internal sealed partial class HoconParser
{
    private const string Include = "include";

    /// <summary><c>include "FILE"</c>, <c>include file("FILE")</c>, each also in <c>required(…)</c>.</summary>
    private bool TryParseInclude(HoconBlock block)
    {
        if (!FollowsWord(Include))
            return false;
        HoconPlace place = Here;
        _at += Include.Length;
        SkipSpaces();
        bool isRequired = TryOpen("required(");
        bool isFile = TryOpen("file(");
        if (Peek() != '"')
            throw Error("include takes a file: include \"FILE\", include required(\"FILE\")");
        string file = ParseString();
        foreach (bool isOpen in (ReadOnlySpan<bool>)[isFile, isRequired])
        {
            SkipSpaces();
            if (isOpen && Peek() != ')')
                throw Error($"')' expected behind the included file, not {Describe(Peek())}");
            if (isOpen)
                _at++;
        }

        if (file.Length == 0 || file.Contains('\0', StringComparison.Ordinal))
            throw Error("the included file has an impossible name");
        if (_read(new HoconInclude(file, isRequired, place, [.. _included, .. _path])) is not { } included)
            return true;
        block.Absorb(included);
        return true;
    }

    private bool TryOpen(string text)
    {
        if (!Follows(text))
            return false;
        _at += text.Length;
        SkipSpaces();
        return true;
    }
}

/// <summary>A file that a text includes.</summary>
/// <param name="File">Its name, as it stands there.</param>
/// <param name="IsRequired">Whether it must be there; another one that is not there has no keys.</param>
/// <param name="Place">Where it is included.</param>
/// <param name="Block">The block that it is included in; empty for the top.</param>
internal sealed record HoconInclude(string File, bool IsRequired, HoconPlace Place, string[] Block);
