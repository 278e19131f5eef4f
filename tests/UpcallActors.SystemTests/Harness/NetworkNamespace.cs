namespace UpcallActors.SystemTests.Harness;

/// <summary>A network namespace: a host of its own as far as the network goes.</summary>
internal class NetworkNamespace(string name)
{
    /// <summary>Its name for <c>ip netns</c>, unlike any other on this machine.</summary>
    public string Name { get; } = name;

    /// <summary>Runs a program in it; what it prints comes back if it succeeds.</summary>
    public Task<string> RunAsync(params string[] command) => Command.RunAsync("ip", ["netns", "exec", Name, .. command]);

    /// <summary>Runs a program in it; its exit code and what it printed.</summary>
    public Task<(int Code, string Output)> TryAsync(params string[] command) => Command.TryAsync("ip", ["netns", "exec", Name, .. command]);

    /// <summary>Starts a program in it that goes on.</summary>
    public BackgroundProcess Start(IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null) =>
        BackgroundProcess.Start("ip", ["netns", "exec", Name, .. command], environment);

    /// <summary>Runs <c>ip</c> with one line of arguments.</summary>
    public Task<string> IpAsync(string arguments) =>
        Command.RunAsync("ip", ["-n", Name, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    /// <summary>
    /// Gives a device an address with its prefix length. An IPv6 address is usable at once, without
    /// looking for duplicates. Neighbours are asked for a minute, as long as a slow machine may need
    /// for an answer: after the usual three seconds the packets that wait for it would be given up.
    /// </summary>
    public async Task AddAddressAsync(string device, string address)
    {
        bool ipv6 = address.Contains(':', StringComparison.Ordinal);
        await IpAsync($"ntable change name {(ipv6 ? "ndisc_cache" : "arp_cache")} dev {device} mcast_probes 60");
        await IpAsync($"address add {address} dev {device}{(ipv6 ? " nodad" : "")}");
    }
}
