using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace UpcallActors.Switch;

/// <summary>
/// Who the switch is in TLS, and whom it trusts. As Open vSwitch it does not ask for a name in a certificate: a peer is right when the
/// authority has signed its certificate.
/// </summary>
internal sealed class TlsIdentity : IDisposable
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authorities;

    private TlsIdentity(X509Certificate2 own, X509Certificate2Collection authorities)
    {
        _own = own;
        _authorities = authorities;
    }

    /// <summary>Reads the files, which are PEM.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="CryptographicException">A file is not what it should be, or the key is not the certificate's.</exception>
    public static TlsIdentity Read(TlsFiles files)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(files.CaCertificate);
        if (authorities.Count == 0)
            throw new CryptographicException($"{files.CaCertificate} has no certificate");
        return new TlsIdentity(X509Certificate2.CreateFromPemFile(files.Certificate, files.PrivateKey), authorities);
    }

    /// <summary>How to be the client of a connection.</summary>
    public SslClientAuthenticationOptions ForClient(string host) => new()
    {
        TargetHost = host,
        ClientCertificates = [_own],
        RemoteCertificateValidationCallback = (_, peer, sent, _) => IsTrusted(peer, sent),
    };

    /// <summary>How to be the server of a connection; the client has to show a certificate, too.</summary>
    public SslServerAuthenticationOptions ForServer() => new()
    {
        ServerCertificate = _own,
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, peer, sent, _) => IsTrusted(peer, sent),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _own.Dispose();
        foreach (X509Certificate2 authority in _authorities)
            authority.Dispose();
    }

    /// <summary>The peer may have sent the authorities between it and ours; nothing is fetched from where a stranger says.</summary>
    private bool IsTrusted(X509Certificate? peer, X509Chain? sent)
    {
        if (peer is null)
            return false;
        using var chain = new X509Chain();
        using var certificate = new X509Certificate2(peer);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(certificate);
    }
}

/// <summary>The files of TLS, in PEM.</summary>
/// <param name="Certificate">The switch's own certificate.</param>
/// <param name="PrivateKey">Its key.</param>
/// <param name="CaCertificate">The authorities that sign peers' certificates.</param>
internal sealed record TlsFiles(string Certificate, string PrivateKey, string CaCertificate);
