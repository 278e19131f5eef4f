using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration;

/// <summary>Reads the block <c>ovsdb</c>.</summary>
internal static class OvsdbOptionsReader
{
    /// <summary>Reads where the server is; null where none is named.</summary>
    public static ConnectionTarget? Read(ConfigurationBlock block, TlsFiles? tls)
    {
        string? remote = block.Text("remote");
        block.RefuseOthers();
        if (string.IsNullOrEmpty(remote))
            return null;
        if (!ConnectionTarget.TryParse(remote, out ConnectionTarget? target, DatabaseOptions.DefaultPort) || !target.IsActive)
            block.Report("remote", $"remote must be unix:FILE, tcp:HOST[:PORT] or ssl:HOST[:PORT], not {remote}");
        else if (target.Transport == Transport.Tls && tls is null)
            block.Report("remote", $"{remote} needs tls.certificate, tls.private-key and tls.ca-certificate");
        return target;
    }
}
