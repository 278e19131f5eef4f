using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace UpcallActors.Daemon.Configuration;

/// <summary>The block <c>status</c>.</summary>
/// <param name="Listen">Where the status page is served; null for nowhere.</param>
internal sealed record StatusOptions(IPEndPoint? Listen)
{
    /// <summary>Reads the block.</summary>
    public static StatusOptions Read(ConfigurationBlock block)
    {
        string? text = block.Text("listen");
        block.RefuseOthers();
        if (text is null or "off")
            return new StatusOptions(Listen: null);
        if (TryParse(text, out IPEndPoint? endpoint))
            return new StatusOptions(endpoint);
        block.Report("listen", $"listen must be ADDRESS:PORT such as 127.0.0.1:9677 or [::1]:9677, or off, not \"{text}\"");
        return new StatusOptions(Listen: null);
    }

    /// <summary>Reads ADDRESS:PORT; of names only <c>localhost</c> is known.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        string numeric = text.StartsWith("localhost:", StringComparison.Ordinal) ? "127.0.0.1" + text["localhost".Length..] : text;
        // IPEndPoint takes an address without a port, and a bare number for an address.
        int colon = numeric.LastIndexOf(':');
        bool hasPort = colon > 0 && colon < numeric.Length - 1
            && (numeric[colon - 1] == ']' || numeric.IndexOf(':', StringComparison.Ordinal) == colon);
        return IPEndPoint.TryParse(numeric, out endpoint) && hasPort
            && (numeric[0] == '[' || numeric.Count(character => character == '.') == 3);
    }
}
