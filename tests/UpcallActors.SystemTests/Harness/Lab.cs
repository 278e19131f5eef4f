using System.Diagnostics;
using System.Globalization;

namespace UpcallActors.SystemTests.Harness;

/// <summary>
/// The network of one test: a namespace for the switch, whose datapath lives and dies with it, and one for each station. What a test leaves
/// behind goes with the lab, however the test ends; what a killed test run left behind goes before the next lab.
/// </summary>
internal sealed class Lab : IAsyncDisposable
{
    private const string Prefix = "upcall-test";
    private static int s_last;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture,
        $"{Prefix}-{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}");
    private readonly List<string> _namespaces = [];
    private readonly List<IAsyncDisposable> _processes = [];

    private Lab() => Switch = new NetworkNamespace(_name);

    /// <summary>The namespace in which the switch runs.</summary>
    public NetworkNamespace Switch { get; }

    /// <summary>The switch's namespace and the stations'.</summary>
    public IEnumerable<NetworkNamespace> Namespaces => _namespaces.Select(name => new NetworkNamespace(name));

    /// <summary>A folder for files.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory(Prefix).FullName;

    /// <summary>Makes a lab with nothing in it but the switch's namespace.</summary>
    public static async Task<Lab> CreateAsync()
    {
        await SweepAsync();
        var lab = new Lab();
        await lab.AddNamespaceAsync(lab._name);
        return lab;
    }

    /// <summary>Adds a station with addresses, linked to the switch's namespace; both ends are up.</summary>
    public async Task<LabHost> AddStationAsync(string device, params string[] addresses)
    {
        var station = new LabHost($"{_name}-{device}", device, Switch);
        await AddNamespaceAsync(station.Name);
        await Switch.IpAsync($"link add {station.Port} type veth peer name {device} netns {station.Name}");
        await Switch.IpAsync($"link set {station.Port} up");
        foreach (string address in addresses)
            await station.AddAddressAsync(address);
        await station.IpAsync($"link set {device} up");
        // Checksums are made by the sender and not left to a device that is none: a datapath in user space would have to make them.
        await station.RunAsync("ethtool", "-K", device, "tx", "off");
        return station;
    }

    /// <summary>Ends a process with the lab.</summary>
    public T Own<T>(T process)
        where T : IAsyncDisposable
    {
        _processes.Add(process);
        return process;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (IAsyncDisposable process in Enumerable.Reverse(_processes))
                await process.DisposeAsync();
        }
        finally
        {
            foreach (string name in Enumerable.Reverse(_namespaces))
                await RemoveAsync(name);
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task AddNamespaceAsync(string name)
    {
        _namespaces.Add(name);
        await Command.RunAsync("ip", "netns", "add", name);
        await Command.RunAsync("ip", "-n", name, "link", "set", "lo", "up");
    }

    /// <summary>Removes the namespaces of test runs that live no more.</summary>
    private static async Task SweepAsync()
    {
        if (!Directory.Exists("/run/netns"))
            return;
        foreach (string name in Directory.EnumerateFileSystemEntries("/run/netns", $"{Prefix}-*").Select(path => Path.GetFileName(path)))
        {
            int owner = int.Parse(name.Split('-')[2], CultureInfo.InvariantCulture);
            if (owner != Environment.ProcessId && !Directory.Exists($"/proc/{owner}"))
                await RemoveAsync(name);
        }
    }

    /// <summary>Removes a namespace and, since a process would keep it alive, what still runs in it.</summary>
    private static async Task RemoveAsync(string name)
    {
        (_, string pids) = await Command.TryAsync("ip", "netns", "pids", name);
        foreach (string pid in pids.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(pid, CultureInfo.InvariantCulture, out int id))
                Kill(id);
        }

        await Command.TryAsync("ip", "netns", "del", name);
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }
}
