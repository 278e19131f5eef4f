using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace UpcallActors.Switch.Tests;

/// <summary>Signs certificates for a test, and writes them where they are read from.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tls");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>Files of somebody that this authority has signed, who trusts it or another one.</summary>
    public TlsFiles Issue(string name, TestAuthority? trusted = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 signed = request.Create(
            _certificate, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        return new TlsFiles(
            Write($"{name}.pem", signed.ExportCertificatePem()),
            Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()),
            Write($"{name}-ca.pem", (trusted ?? this)._certificate.ExportCertificatePem()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _directory.Delete(recursive: true);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
