using System.Globalization;
using UpcallActors.Linux;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Configuration.Telemetry;

/// <summary>
/// What values of OpenTelemetry's variables mean here. Words are read in upper and lower case alike, as the specification has it.
/// </summary>
internal static class OpenTelemetryReading
{
    /// <summary><c>OTEL_SDK_DISABLED</c>, as the key <c>exporter</c> of each signal has it.</summary>
    public static string? Disabled(OpenTelemetryText text) => OneOf(text, "true", "false") == "true" ? "none" : null;

    /// <summary>One of some words.</summary>
    public static string? OneOf(OpenTelemetryText text, params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (word.Equals(text.Text, StringComparison.OrdinalIgnoreCase))
                return word;
        }

        return text.Refuse($"\"{text.Text}\" is not {string.Join(" or ", words)}");
    }

    /// <summary>A whole number in a range.</summary>
    public static string? Whole(OpenTelemetryText text, int least, int most) =>
        int.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number.ToString(CultureInfo.InvariantCulture)
            : text.Refuse(most == int.MaxValue ? $"\"{text.Text}\" is no whole number from {least} on"
                : $"\"{text.Text}\" is no whole number from {least} to {most}");

    /// <summary><c>name=value,name=value</c>. A mistake in it makes all of it void; it is not told, since it may be a secret.</summary>
    public static string? Pairs(OpenTelemetryText text) =>
        OtlpHeaders.AreGood(text.Text) ? text.Text : text.Refuse("it is not name=value,name=value");

    /// <summary>A file that can be read.</summary>
    public static string? ReadableFile(OpenTelemetryText text)
    {
        try
        {
            RegularFile.Open(text.Text).Dispose();
            return text.Text;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return text.Refuse($"{text.Text} cannot be read: {failure.Message}");
        }
    }

    /// <summary>A list of exporters, as the key <c>exporter</c> has it: there is one, and what others would tell goes nowhere.</summary>
    public static string? Exporters(OpenTelemetryText text, params string[] others)
    {
        string[] words = text.Text.ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        bool isFetched = text.Name == "OTEL_METRICS_EXPORTER";
        // Prometheus comes to the status page for metrics, whatever is sent.
        string[] missing = [.. words.Where(word => word is not ("otlp" or "none") && !(isFetched && word == "prometheus"))];
        bool isSent = words.Contains("otlp", StringComparer.Ordinal);
        if (words.Length == missing.Length && !missing.All(word => others.Contains(word, StringComparer.Ordinal) || word == "prometheus"))
            return text.Refuse($"\"{text.Text}\" is not otlp or none");
        if (missing.Length > 0)
            text.Note(string.Concat("there is no exporter ", string.Join(", ", missing), isSent ? "; only otlp is used"
                : "; nothing is sent"));
        return isSent ? "otlp" : "none";
    }

    /// <summary>A URL. For gRPC it may lack the scheme, and <c>…_INSECURE</c> then says which one.</summary>
    public static string? Endpoint(OpenTelemetryText text, string signal)
    {
        if (text.Text == OtlpEndpoint.Off || OtlpEndpoint.TryParse(text.Text, out _))
            return text.Text;
        if (text.Text.Contains("://", StringComparison.Ordinal))
            return text.Refuse($"\"{Secrets.MaskedUrl(text.Text)}\" is no URL such as http://127.0.0.1:4317");
        string insecure = text.Environment($"OTEL_EXPORTER_OTLP_{signal}INSECURE") ?? text.Environment("OTEL_EXPORTER_OTLP_INSECURE") ?? "";
        string url = $"{(insecure.Trim().Equals("true", StringComparison.OrdinalIgnoreCase) ? "http" : "https")}://{text.Text}";
        return OtlpEndpoint.TryParse(url, out _) ? url
            : text.Refuse($"\"{Secrets.MaskedUrl(text.Text)}\" is no URL such as http://127.0.0.1:4317");
    }

    /// <summary>
    /// The share of batches and of upcalls that a sampler stands for; of <c>.budget</c> the most spans in a second. We have no parents:
    /// what begins here is a root.
    /// </summary>
    public static string? Sampler(OpenTelemetryText text)
    {
        bool isBudget = text.Name.EndsWith(".budget", StringComparison.Ordinal);
        string word = text.Text.ToLowerInvariant();
        switch (word.StartsWith("parentbased_", StringComparison.Ordinal) ? word["parentbased_".Length..] : word)
        {
            case "always_on":
                return isBudget ? TraceSampling.MostPerSecond.ToString(CultureInfo.InvariantCulture) : "1";
            case "always_off":
                return "0";
            case "traceidratio":
                return isBudget ? null : Ratio(text.Environment("OTEL_TRACES_SAMPLER_ARG")) ?? "1";
            default:
                // Told once, not for each of what follows from it.
                return isBudget ? null : text.Refuse($"the sampler \"{text.Text}\" is not known");
        }
    }

    /// <summary><c>OTEL_TRACES_SAMPLER_ARG</c>, which stands for nothing by itself.</summary>
    public static string? SamplerArgument(OpenTelemetryText text)
    {
        bool isUsed = (text.Environment("OTEL_TRACES_SAMPLER") ?? "").Contains("traceidratio", StringComparison.OrdinalIgnoreCase);
        if (isUsed && Ratio(text.Text) == null)
            text.Refuse($"\"{text.Text}\" is no number from 0 to 1");
        else if (!isUsed)
            text.Refuse("OTEL_TRACES_SAMPLER names no sampler that takes it");
        return null;
    }

    private static string? Ratio(string? text) =>
        double.TryParse(text,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out double ratio)
        && ratio is 0 or (>= ConfigurationBlock.LeastShare and <= 1) ? text!.Trim() : null;
}
