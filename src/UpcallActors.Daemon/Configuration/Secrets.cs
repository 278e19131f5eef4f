using System.Text;

namespace UpcallActors.Daemon.Configuration;

/// <summary>
/// Takes secrets out of a text before it is shown. They are found by their form in any place, because no list of keys could be complete.
/// </summary>
internal static class Secrets
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mask = "(secret)";

    private static readonly string[] _schemes = ["basic", "bearer", "digest"];
    private static readonly string[] _names = ["authorization", "api-key", "api_key", "apikey", "token", "secret", "password", "passwd"];

    /// <summary>
    /// The text without users and passwords of URLs, without what stands behind their question marks, and without what
    /// <c>authorization</c>, <c>api-key</c> and the like are set to. Rather too much is taken than too little.
    /// </summary>
    public static string Masked(string text)
    {
        if (!MayHold(text))
            return text;
        var masked = new StringBuilder(text.Length);
        bool isAwaited = false;
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            while (at < text.Length && IsBetween(text[at]))
                at++;
            masked.Append(text, start, at - start);
            start = at;
            while (at < text.Length && !IsBetween(text[at]))
                at++;
            string word = text[start..at];
            masked.Append(isAwaited && word.Length > 0 ? Mask : MaskedUrl(word));
            isAwaited = word.Length > 0 && IsScheme(word);
        }

        return masked.ToString();
    }

    /// <summary>What may be a URL, although it has white space in it.</summary>
    public static string MaskedUrl(string word)
    {
        int scheme = word.IndexOf("://", StringComparison.Ordinal);
        int start = scheme < 0 ? 0 : scheme + "://".Length;
        int at = word.LastIndexOf('@');
        // Without a scheme it takes a colon to be a password.
        if (at > start && (scheme >= 0 || word.AsSpan(0, at).Contains(':')))
            word = $"{word[..start]}{Mask}{word[at..]}";
        int query = scheme < 0 ? -1 : word.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0 && query < word.Length - 1)
            return $"{word[..(query + 1)]}{Mask}";
        return scheme < 0 ? MaskedSetting(word) : word;
    }

    private static bool MayHold(string text) =>
        text.Contains("://", StringComparison.Ordinal) || text.Contains('@', StringComparison.Ordinal)
        || Array.Exists(_names, name => text.Contains(name, StringComparison.OrdinalIgnoreCase))
            || Array.Exists(_schemes, scheme => text.Contains(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary><c>api-key=VALUE,…</c>.</summary>
    private static string MaskedSetting(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || !Array.Exists(_names, name => word.AsSpan(0, equals).Contains(name, StringComparison.OrdinalIgnoreCase))
            || IsScheme(word))
            return word;
        int end = word.IndexOf(',', equals);
        return end < 0 ? $"{word[..(equals + 1)]}{Mask}" : $"{word[..(equals + 1)]}{Mask},{MaskedSetting(word[(end + 1)..])}";
    }

    /// <summary><c>Bearer</c> and its like, behind which the secret stands; also behind an '='.</summary>
    private static bool IsScheme(string word) => Array.Exists(_schemes, scheme =>
        word.EndsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && (word.Length == scheme.Length || word[^(scheme.Length + 1)] is '=' or ':'));

    private static bool IsBetween(char character) => char.IsWhiteSpace(character) || character == '"';
}
