using UpcallActors.Packets;

namespace UpcallActors.SystemTests.Harness;

/// <summary>What <c>tcpdump</c> sees at a device, while it goes on.</summary>
internal sealed class Capture : IAsyncDisposable
{
    private readonly BackgroundProcess _tcpdump;
    private readonly string _file;

    private Capture(BackgroundProcess tcpdump, string file)
    {
        _tcpdump = tcpdump;
        _file = file;
    }

    /// <summary>Begins. What passes the device from when this returns is seen.</summary>
    public static async Task<Capture> StartAsync(Lab lab, NetworkNamespace at, string device)
    {
        string file = Path.Combine(lab.Folder, $"{at.Name}-{device}.pcap");
        // -U and immediate mode: a frame is in the file as soon as it was seen. -Z: tcpdump stays root, whose folder it writes to.
        BackgroundProcess tcpdump =
            at.Start(["tcpdump", "-i", device, "-s", "0", "-U", "--immediate-mode", "-B", "8192", "-Z", "root", "-w", file]);
        var capture = lab.Own(new Capture(tcpdump, file));
        await tcpdump.HasPrintedAsync("listening on");
        return capture;
    }

    /// <summary>The IP packets so far. A frame that is being written is not among them yet.</summary>
    public IReadOnlyList<IpPacket> Packets()
    {
        var packets = new List<IpPacket>();
        if (PcapReader.TryOpen(File.ReadAllBytes(_file), out PcapReader? reader) != PcapError.None)
            return packets;
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
        {
            if (IpPacket.Of(record.Data) is { } packet)
                packets.Add(packet);
        }

        return packets;
    }

    /// <summary>Waits until what has been seen satisfies a condition.</summary>
    public Task HasSeenAsync(Func<IReadOnlyList<IpPacket>, bool> condition, string what) => Eventually.HoldsAsync(
        () => condition(Packets()),
        () => $"not seen: {what}\n{string.Join('\n', Packets().Select(packet => packet with { Payload = default }))}");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _tcpdump.DisposeAsync();
}
