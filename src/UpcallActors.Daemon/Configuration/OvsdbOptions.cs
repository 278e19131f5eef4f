namespace UpcallActors.Daemon.Configuration;

/// <summary>The database <c>Open_vSwitch</c> that the switch follows.</summary>
/// <param name="Remote">Where its server listens: <c>unix:FILE</c>, <c>tcp:HOST:PORT</c> or <c>ssl:HOST:PORT</c>.</param>
internal sealed record OvsdbOptions(string Remote)
{
    /// <summary>The file with our private key, in PEM; null for none.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>The file with our certificate, in PEM; null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>The file with the certificates of who may have signed the server's, in PEM; null for none.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>Whether <see cref="CaCertificate"/> is made of the server's own at the first connection, if it is not there.</summary>
    public bool IsBootstrapped { get; init; }

    /// <summary>The file with certificates that are sent beside ours, in PEM; null for none.</summary>
    public string? PeerCaCertificate { get; init; }

    /// <summary>The versions of TLS, in Open vSwitch's words; null for the usual ones.</summary>
    public string? SslProtocols { get; init; }

    /// <summary>The ciphers of TLS, in OpenSSL's words; null for the usual ones.</summary>
    public string? SslCiphers { get; init; }
}
