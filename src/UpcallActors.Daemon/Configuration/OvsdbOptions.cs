using System.Text;
using System.Text.Json;

namespace UpcallActors.Daemon.Configuration;

/// <summary>The database <c>Open_vSwitch</c> that a command line names, and who the switch is in TLS.</summary>
/// <param name="Remote">Where its server is: <c>unix:FILE</c>, <c>tcp:HOST:PORT</c> or <c>ssl:HOST:PORT</c>.</param>
internal sealed record OvsdbOptions(string Remote)
{
    /// <summary>The full name of the file with our private key, in PEM; null for none.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>The full name of the file with our certificate, in PEM; null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>The full name of the file with those who have signed peers' certificates, in PEM; null for none.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The same as a file of our configuration says it.</summary>
    public string AsHocon()
    {
        var text = new StringBuilder();
        Append("ovsdb.remote", Remote);
        Append("tls.private-key", PrivateKey);
        Append("tls.certificate", Certificate);
        Append("tls.ca-certificate", CaCertificate);
        return text.ToString();

        void Append(string key, string? value)
        {
            if (value is not null)
                text.Append("\nupcall-actors.").Append(key).Append(" = \"").Append(JsonEncodedText.Encode(value)).Append('"');
        }
    }
}
