using UpcallActors.Odp.Text;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// What people call the ports of a datapath, at one moment. Of tunnels that share a datapath port the packet's key tells which one is
/// meant; where only the number is known, they have no name.
/// </summary>
public interface IUpcallPortNames : IOdpPortNames
{
    /// <summary>The port that a packet with this key came in on; null when it belongs to no bridge.</summary>
    UpcallPort? Find(in FlowKey key);

    /// <summary>The one port on a datapath port; null when there is none, or more than one.</summary>
    UpcallPort? Find(uint datapathPort);
}

/// <summary>A port as people know it.</summary>
/// <param name="Name">The port's name.</param>
/// <param name="Bridge">The name of its bridge.</param>
public readonly record struct UpcallPort(string Name, string Bridge);
