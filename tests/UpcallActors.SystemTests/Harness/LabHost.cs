using System.Globalization;

namespace UpcallActors.SystemTests.Harness;

/// <summary>A host at a port of the switch: a namespace with one end of a veth pair, whose other end is in the switch's.</summary>
/// <param name="name">Its namespace's name.</param>
/// <param name="device">The device in it, such as <c>p0</c>.</param>
/// <param name="switchSide">The namespace of the other end.</param>
internal sealed class LabHost(string name, string device, NetworkNamespace switchSide) : NetworkNamespace(name)
{
    /// <summary>The device in the host.</summary>
    public string Device { get; } = device;

    /// <summary>The device's other end, which is the switch's port.</summary>
    public string Port { get; } = $"ovs-{device}";

    /// <summary>Gives the host's device an address.</summary>
    public Task AddAddressAsync(string address) => AddAddressAsync(Device, address);

    /// <summary>Makes a device for a VLAN over the host's, with an address.</summary>
    public async Task AddVlanAsync(int id, string address)
    {
        string vlan = string.Create(CultureInfo.InvariantCulture, $"{Device}.{id}");
        await IpAsync($"link add link {Device} name {vlan} type vlan id {id}");
        await IpAsync($"link set {vlan} up");
        await AddAddressAsync(vlan, address);
    }

    /// <summary>Sets the MTU of both ends.</summary>
    public async Task SetMtuAsync(int mtu)
    {
        await IpAsync($"link set {Device} mtu {mtu}");
        await switchSide.IpAsync($"link set {Port} mtu {mtu}");
    }

    /// <summary>The host's Ethernet address.</summary>
    public async Task<string> MacAsync() => (await RunAsync("cat", $"/sys/class/net/{Device}/address")).Trim();
}
