namespace UpcallActors.SystemTests.Kernel;

/// <summary>Two devices joined by a wire, up, and silent: without IPv6 nothing is sent that the test did not send.</summary>
internal sealed class VethPair : IAsyncDisposable
{
    private VethPair(string near, string far)
    {
        Near = near;
        Far = far;
    }

    /// <summary>The end that becomes a port.</summary>
    public string Near { get; }

    /// <summary>The end of the host behind it.</summary>
    public string Far { get; }

    public static async Task<VethPair> CreateAsync(string name)
    {
        var pair = new VethPair(name, name + "-far");
        await Command.RunAsync("ip", "link", "add", pair.Near, "type", "veth", "peer", "name", pair.Far);
        foreach (string device in (string[])[pair.Near, pair.Far])
        {
            await File.WriteAllTextAsync($"/proc/sys/net/ipv6/conf/{device}/disable_ipv6", "1");
            await Command.RunAsync("ip", "link", "set", device, "up");
        }

        return pair;
    }

    /// <summary>Sends frames into the far end, so that they come in at the near one.</summary>
    public Task SendAsync(params byte[][] frames) => SendAsync(frames, times: 1);

    /// <summary>Sends frames over and over.</summary>
    public Task SendAsync(byte[][] frames, int times)
    {
        const string Sender = """
            import socket, sys
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            s.bind((sys.argv[1], 0))
            frames = [bytes.fromhex(h) for h in sys.argv[3:]]
            for _ in range(int(sys.argv[2])):
                for f in frames: s.send(f)
            """;
        return Command.RunAsync("python3", ["-c", Sender, Far, $"{times}", .. frames.Select(Convert.ToHexString)]);
    }

    /// <summary>A counter of the far end, such as <c>rx_packets</c>.</summary>
    public long FarCounter(string name) =>
        long.Parse(File.ReadAllText($"/sys/class/net/{Far}/statistics/{name}"), System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync() => await Command.RunAsync("ip", "link", "delete", Near);
}
