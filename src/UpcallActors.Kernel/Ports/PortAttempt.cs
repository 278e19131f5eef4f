using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>An attempt to add a port, by the name of its device.</summary>
internal sealed class PortAttempt(string name, PortRequest request, MetadataTunnel? tunnel, uint? number)
{
    private bool _isDeviceMissing;

    public string Name => name;

    public PortRequest Request => request;

    /// <summary>What its device must be; null for a port that is no tunnel.</summary>
    public MetadataTunnel? Tunnel => tunnel;

    /// <summary>The type it is shown with.</summary>
    public OvsVportType Type =>
        tunnel is not null ? TunnelDevices.TypeOf(tunnel) : request.Kind == PortKind.Internal ? OvsVportType.Internal : OvsVportType.Netdev;

    /// <summary>The number that it is to have if that is free; null for any.</summary>
    public uint? Number => number;

    /// <summary>Why it is not in the datapath; empty when it is.</summary>
    public string Error { get; private set; } = "";

    /// <summary>With what the kernel refused it; <see cref="Errno.None"/> when it only waits.</summary>
    public Errno Errno { get; private set; }

    public void Waits(string reason, bool isDeviceMissing = false)
    {
        Error = reason;
        Errno = Errno.None;
        _isDeviceMissing = isDeviceMissing;
    }

    public void Fails(NetlinkResult result, string? reason = null)
    {
        Error = reason ?? result.ToString();
        Errno = result.Error;
    }

    public DatapathPort AsWaiting() => new(Number: null, Name, Type)
    {
        DestinationPort = tunnel?.UdpPort ?? 0,
        IsDeviceMissing = _isDeviceMissing,
        Error = Error.Length == 0 ? "it was removed from the datapath" : Error,
    };
}
