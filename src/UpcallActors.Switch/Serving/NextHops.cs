using System.ComponentModel;
using System.Net;
using UpcallActors.Linux;

namespace UpcallActors.Switch;

/// <summary>Knows who packets are given to first on their way.</summary>
internal interface INextHops
{
    /// <summary>
    /// The Ethernet address that packets to an address are given to first, 48 bits; 0 while it is unknown. Returns why there is no
    /// way, in words; null if there is one.
    /// </summary>
    string? Find(IPAddress destination, out ulong address);
}

/// <summary>Asks the kernel, over a socket that is opened for the first question. Its loop's.</summary>
internal sealed class NextHops : INextHops, IDisposable
{
    private HostRoutes? _routes;

    /// <inheritdoc/>
    public string? Find(IPAddress destination, out ulong address)
    {
        address = 0;
        try
        {
            _routes ??= new HostRoutes();
        }
        catch (Win32Exception refused)
        {
            return refused.Message;
        }

        NetlinkResult result = _routes.Find(destination, out NextHop? hop);
        if (result.Succeeded)
            result = _routes.FindNeighbour(hop!.Device, hop.Gateway ?? destination, out address);
        return result.Succeeded ? null : result.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _routes?.Dispose();
}
