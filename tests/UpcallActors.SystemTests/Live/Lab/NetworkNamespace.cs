namespace UpcallActors.SystemTests.Live;

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
    public Task<string> IpAsync(string arguments) => Command.RunAsync("ip", ["-n", Name, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    /// <summary>Gives a device an address with its prefix length. An IPv6 address is usable at once, without looking for duplicates.</summary>
    public Task AddAddressAsync(string device, string address) =>
        IpAsync($"address add {address} dev {device}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}");
}
