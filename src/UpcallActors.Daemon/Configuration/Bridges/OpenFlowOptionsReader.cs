using System.Globalization;
using System.Security.Cryptography;
using UpcallActors.OpenFlow;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>Reads how OpenFlow clients have to do with a bridge, and who the switch is to them.</summary>
internal static class OpenFlowOptionsReader
{
    private const int DatapathIdDigits = 16;
    // The bounds of Open vSwitch's database.
    private const int LeastRate = 100;
    private const int LeastBurst = 25;
    private const int MostQueueSize = 512;
    private const int MostLimit = 1_000_000;

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    /// <summary>Reads the block <c>openflow</c> of a bridge.</summary>
    public static BridgeConfiguration Read(ConfigurationBlock block, BridgeConfiguration bridge, TlsFiles? tls)
    {
        TimeSpan backoff = block.Duration("max-backoff", TimeSpan.FromSeconds(8), _second, TimeSpan.FromHours(1));
        TimeSpan probe = block.Duration("inactivity-probe", TimeSpan.FromSeconds(5), _second, TimeSpan.FromHours(1));
        int? rate = ReadLimit(block, "rate-limit", LeastRate);
        int? burst = ReadLimit(block, "burst-limit", LeastBurst);
        if (burst is not null && !block.Has("rate-limit"))
            block.Report("burst-limit", "burst-limit needs a rate-limit, without which nothing waits for it");
        ConnectionMode mode = block.Flag("in-band", otherwise: false) ? ConnectionMode.InBand : ConnectionMode.OutOfBand;
        BridgeConfiguration read = bridge with
        {
            DatapathId = ReadDatapathId(block),
            Protocols = ReadProtocols(block),
            FragmentsLongPackets = block.Flag("fragment-long-packets", false),
            ControllerQueueSize = block.Integer("queue-size", bridge.ControllerQueueSize, 1, MostQueueSize),
            Controllers = ValueList.From(block.Texts("controllers").Where(target => IsTarget(block, target, tls)).Distinct()
                .Select(target => new ControllerConfiguration(target)
                {
                    MaxBackoff = backoff,
                    InactivityProbe = probe,
                    RateLimit = rate,
                    BurstLimit = burst,
                    ConnectionMode = mode,
                })),
            InBandQueue = block.Has("in-band-queue") ? (uint)block.Long("in-band-queue", 0, 0, uint.MaxValue) : null,
        };
        block.RefuseOthers();
        return read;
    }

    /// <summary>Reads the block <c>tls</c>; null if it has no certificate.</summary>
    public static TlsFiles? ReadTls(ConfigurationBlock block)
    {
        bool isAny = block.Has("certificate") || block.Has("private-key") || block.Has("ca-certificate");
        string? certificate = block.ExistingFile("certificate", isAny);
        string? key = block.ExistingFile("private-key", isAny);
        string? authority = block.ExistingFile("ca-certificate", isAny);
        block.RefuseOthers();
        if (certificate is null || key is null || authority is null)
            return null;
        var files = new TlsFiles(certificate, key, authority);
        try
        {
            TlsIdentity.Read(files).Dispose();
            return files;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException)
        {
            block.Report("certificate", $"the files of tls cannot be used: {wrong.Message}");
            return null;
        }
    }

    private static int? ReadLimit(ConfigurationBlock block, string key, int least) =>
        block.Has(key) ? block.Integer(key, least, least, MostLimit) : null;

    private static ulong? ReadDatapathId(ConfigurationBlock block)
    {
        if (block.Text("datapath-id") is not { } text)
            return null;
        if (text.Length == DatapathIdDigits
            && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id) && id != 0)
            return id;
        block.Report("datapath-id", $"datapath-id must be 16 hexadecimal digits that are not all 0, not \"{text}\"");
        return null;
    }

    private static OpenFlowVersions ReadProtocols(ConfigurationBlock block)
    {
        var versions = new List<OpenFlowVersion>();
        foreach (string text in block.Texts("protocols"))
        {
            if (OpenFlowVersions.Named(text) is { } known)
                versions.Add(known);
            else
                block.Report("protocols", $"protocols has OpenFlow10 to OpenFlow15, not \"{text}\"");
        }

        return versions.Count == 0 ? OpenFlowVersions.All : OpenFlowVersions.Of([.. versions]);
    }

    private static bool IsTarget(ConfigurationBlock block, string text, TlsFiles? tls)
    {
        if (!ConnectionTarget.TryParse(text, out ConnectionTarget? target))
        {
            block.Report("controllers", $"controllers has no place like \"{text}\": tcp:HOST[:PORT], ptcp:[PORT][:ADDRESS], "
                + "unix:FILE, punix:FILE, or ssl and pssl as tcp and ptcp");
            return false;
        }

        if (target.Transport != Transport.Tls || tls is not null)
            return true;
        block.Report("controllers", $"{text} needs tls.certificate, tls.private-key and tls.ca-certificate");
        return false;
    }
}
