namespace UpcallActors.Daemon.Configuration.Telemetry;

/// <summary>Reads where a signal is sent. What a signal's own block does not say, the block <c>otlp</c> says for all.</summary>
internal static class OtlpTargetReader
{
    /// <summary>Reads it; null when it is sent nowhere.</summary>
    /// <param name="signal">The signal's block.</param>
    /// <param name="otlp">The block of all.</param>
    /// <param name="path">What HTTP wants behind the URL of all.</param>
    /// <param name="sends">Whether it is sent by default.</param>
    /// <param name="others">Other words for <c>exporter</c>.</param>
    public static OtlpTarget? Read(
        ConfigurationBlock signal, ConfigurationBlock otlp, string path, bool sends, params ReadOnlySpan<(string Word, bool IsSent)> others)
    {
        bool isSent = signal.Choice("exporter", sends, [("otlp", true), ("none", false), .. others]);
        // All are asked for, so that each is known and checked, whether it is sent or not.
        OtlpProtocol protocol = Of(signal, otlp, "protocol")
            .Choice("protocol", OtlpProtocol.Grpc, ("grpc", OtlpProtocol.Grpc), ("http/protobuf", OtlpProtocol.HttpProtobuf));
        string? headers = Headers(Of(signal, otlp, "headers"));
        TimeSpan timeout = Of(signal, otlp, "timeout")
            .Duration("timeout", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        bool isCompressed = Of(signal, otlp, "compression").Choice("compression", false, ("none", false), ("gzip", true));
        ConfigurationBlock says = Of(signal, otlp, "endpoint");
        OtlpEndpoint? endpoint = Endpoint(says);
        if (says == otlp && protocol == OtlpProtocol.HttpProtobuf)
            endpoint = endpoint?.For(path);
        return isSent && endpoint != null
            ? new OtlpTarget(endpoint.Address, protocol, OtlpHeaders.With(headers, endpoint.Credentials), timeout, isCompressed) : null;
    }

    /// <summary>
    /// Which block's value holds. A file comes before the environment also where the one speaks of all signals, and the other of this one.
    /// </summary>
    private static ConfigurationBlock Of(ConfigurationBlock signal, ConfigurationBlock otlp, string key)
    {
        bool hasOwn = signal.Has(key);
        bool hasCommon = otlp.Has(key);
        return hasOwn && (signal.IsFromFile(key) || !hasCommon || !otlp.IsFromFile(key)) ? signal : otlp;
    }

    private static OtlpEndpoint? Endpoint(ConfigurationBlock block)
    {
        if (block.Text("endpoint") is not { } text || text == OtlpEndpoint.Off)
            return null;
        if (OtlpEndpoint.TryParse(text, out OtlpEndpoint? endpoint))
            return endpoint;
        block.Report("endpoint", $"endpoint must be a URL such as http://127.0.0.1:4317, or off, not \"{Secrets.MaskedUrl(text)}\"");
        return null;
    }

    private static string? Headers(ConfigurationBlock block)
    {
        if (block.Text("headers") is not { } text)
            return null;
        // Its value may be a secret: what is wrong is said without it.
        if (OtlpHeaders.AreGood(text))
            return text;
        block.Report("headers", "headers must be name=value,name=value");
        return null;
    }
}
