namespace UpcallActors.Daemon.Configuration.Telemetry;

/// <summary>Headers that go with each request, <c>name=value,name=value</c>.</summary>
internal static class OtlpHeaders
{
    /// <summary>Whether a text is that.</summary>
    public static bool AreGood(string text) =>
        text.Split(',').All(header => header.IndexOf('=', StringComparison.Ordinal) > 0) && text.All(letter => letter is >= ' ' and <= '~');

    /// <summary>Adds what a URL has of a user and a password, unless there is an authorization already.</summary>
    public static string? With(string? headers, string? credentials)
    {
        if (credentials == null
            || (headers ?? "").Split(',')
            .Any(header => header.Split('=')[0].Trim().Equals("authorization", StringComparison.OrdinalIgnoreCase)))
            return headers;
        // Values are escaped as in a URL (W3C Baggage).
        string authorization = $"authorization={Uri.EscapeDataString(credentials)}";
        return headers == null ? authorization : $"{headers},{authorization}";
    }
}
