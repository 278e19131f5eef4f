using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Daemon.Configuration.Telemetry;

/// <summary>The URL of a collector.</summary>
/// <param name="Address">The URL, without a user and a password.</param>
/// <param name="Credentials">What a user and a password in the URL become, as in RFC 7617: the library would not send them. Null when there
/// are none.</param>
internal sealed record OtlpEndpoint(Uri Address, string? Credentials)
{
    /// <summary>What stands for none.</summary>
    public const string Off = "off";

    /// <summary>Reads a URL; false when it is none, or not HTTP's.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out OtlpEndpoint? endpoint)
    {
        endpoint = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.Host.Length == 0)
            return false;
        endpoint = url.UserInfo.Length == 0
            ? new OtlpEndpoint(url, null)
            : new OtlpEndpoint(
                new UriBuilder(url) { UserName = "", Password = "" }.Uri,
                $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo)))}");
        return true;
    }

    /// <summary>With the path of a signal behind it, as HTTP wants it.</summary>
    public OtlpEndpoint For(string path) =>
        this with { Address = new UriBuilder(Address) { Path = $"{Address.AbsolutePath.TrimEnd('/')}/{path}" }.Uri };
}
