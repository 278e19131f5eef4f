using System.Globalization;
using UpcallActors.Kernel;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Ports;

/// <summary>A kernel datapath of a test's own, made by <c>ovs-dpctl</c>, and what is needed to follow its ports.</summary>
internal sealed class PortsOfDatapath : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly NetlinkConversation _generic = new(NetlinkProtocol.Generic);
    private readonly OvsKernelFamilies _families;
    private readonly List<string> _devices = [];

    private PortsOfDatapath(string name, int ifIndex)
    {
        OvsKernelFamilies.TryResolve(_generic, out OvsKernelFamilies? families).Succeeded.ShouldBeTrue();
        _families = families!;
        Name = name;
        IfIndex = ifIndex;
    }

    public string Name { get; }

    public int IfIndex { get; }

    public static async Task<PortsOfDatapath> CreateAsync(string name)
    {
        await Command.RunAsync("ovs-dpctl", "add-dp", $"system@{name}");
        // The number of a datapath is that of its local port's device.
        string ifIndex = await File.ReadAllTextAsync($"/sys/class/net/{name}/ifindex");
        return new PortsOfDatapath(name, int.Parse(ifIndex, CultureInfo.InvariantCulture));
    }

    public KernelPorts Open(params uint[] upcallPids) => new(Name, IfIndex, _families, upcallPids.Length == 0 ? [0] : upcallPids);

    /// <summary>
    /// Makes a pair of devices that goes with the datapath; the second is up, so that the first has a carrier when it is up.
    /// </summary>
    public async Task AddVethAsync(string device, string peer)
    {
        await Command.RunAsync("ip", "link", "add", device, "type", "veth", "peer", "name", peer);
        await Command.RunAsync("ip", "link", "set", peer, "up");
        if (!_devices.Contains(device))
            _devices.Add(device);
    }

    /// <summary>
    /// Waits until the ports are as wanted, looking again each time that they are said to have changed and never otherwise.
    /// </summary>
    public static async Task<IReadOnlyList<DatapathPort>> UntilAsync(KernelPorts ports, Func<IReadOnlyList<DatapathPort>, bool> wanted,
        Func<Task> change)
    {
        using var changed = new SemaphoreSlim(0);
        EventHandler onChanged = (_, _) => changed.Release();
        ports.Changed += onChanged;
        try
        {
            await change();
            while (true)
            {
                (await changed.WaitAsync(Limit))
                    .ShouldBeTrue($"nothing was said to have changed any more; the ports: {string.Join('\n', ports.List())}");
                IReadOnlyList<DatapathPort> list = ports.List();
                if (wanted(list))
                    return list;
            }
        }
        finally
        {
            ports.Changed -= onChanged;
        }
    }

    /// <summary>The vports as the kernel has them, by name.</summary>
    public IReadOnlyDictionary<string, VportMessage> Vports()
    {
        Dictionary<string, VportMessage> vports = [];
        var writer = new NetlinkWriter(new byte[256]);
        new VportMessage { Command = OvsCommand.Get, DatapathIfIndex = IfIndex }.Write(ref writer, _families.Ids.Vport,
            NetlinkFlags.Dump, 0);
        NetlinkResult result = _generic.Request(writer.Written, answer =>
        {
            VportMessage.TryParse(answer.Bytes, out VportMessage? vport).ShouldBe(OdpParseError.None);
            vports[vport!.Name!] = vport;
        });
        result.Succeeded.ShouldBeTrue(result.ToString());
        return vports;
    }

    public async ValueTask DisposeAsync()
    {
        _generic.Dispose();
        await Command.RunAsync("ovs-dpctl", "del-dp", $"system@{Name}");
        foreach (string device in _devices)
            await Command.TryAsync("ip", "link", "del", device);
    }
}
