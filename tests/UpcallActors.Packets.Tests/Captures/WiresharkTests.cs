using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;

namespace UpcallActors.Packets.Tests;

/// <summary>Captures as Wireshark's tools write and read them.</summary>
public sealed class WiresharkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upcall-captures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [WiresharkTheory]
    [InlineData("pcap")]
    [InlineData("nsecpcap")]
    [InlineData("modpcap")]
    [InlineData("pcapng")]
    public async Task Each_format_that_editcap_writes_is_read_as_tshark_reads_it(string format)
    {
        string file = Path.Combine(_folder, format);
        await RunAsync("editcap", "-F", format, Recorded, file);
        await ShouldReadAsTsharkAsync(file, await File.ReadAllBytesAsync(file));

        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(await File.ReadAllBytesAsync(file));
        await ShouldReadAsTsharkAsync(file, compressed.ToArray());
    }

    [WiresharkFact]
    public async Task A_merged_file_of_several_interfaces_and_resolutions_is_read_as_tshark_reads_it()
    {
        string nanoseconds = Path.Combine(_folder, "ns");
        string merged = Path.Combine(_folder, "merged");
        await RunAsync("editcap", "-F", "nsecpcap", "-t", "0.000000123", Recorded, nanoseconds);
        await RunAsync("mergecap", "-F", "pcapng", "-I", "none", "-w", merged, Recorded, nanoseconds);
        (await ShouldReadAsTsharkAsync(merged, await File.ReadAllBytesAsync(merged))).Select(record => record.Interface.Number).Distinct()
            .Order().ShouldBe([0, 1]);
    }

    [WiresharkFact]
    public async Task What_we_write_tshark_reads_to_the_last_field()
    {
        string file = Path.Combine(_folder, "ours");
        await using (FileStream stream = File.Create(file))
        {
            var writer = new PcapngWriter(stream, "test");
            uint p1 = writer.AddInterface("p1", PcapLinkType.Ethernet);
            uint p2 = writer.AddInterface("p2", PcapLinkType.Ethernet);
            writer.Write(p2, 1_795_347_658_366_551_789, new byte[60], 1514, CaptureDirection.Inbound, "mru=1400 verdict=sent");
            writer.Write(p1, 1_795_347_658_366_551_790, new byte[61], 61, CaptureDirection.Unknown, "");
        }

        string[] fields =
            ["frame.interface_name", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.packet_flags_direction", "frame.comment"];
        (await RunAsync("tshark", ["-r", file, "-T", "fields", .. fields.SelectMany(field => (string[])["-e", field])])).ShouldBe(
            "p2\t1795347658.366551789\t1514\t60\t0x00000001\tmru=1400 verdict=sent\np1\t1795347658.366551790\t61\t61\t\t\n");
        (await RunAsync("capinfos", "-M", "-c", file)).ShouldContain("Number of packets:   2");
    }

    private static string Recorded => Path.Combine(AppContext.BaseDirectory, "captures", "linux-6.1", "ipv4-fragmentation-vlan.p0.pcap");

    private static async Task<List<PcapRecord>> ShouldReadAsTsharkAsync(string file, byte[] bytes)
    {
        CaptureReader.TryOpen(bytes, out CaptureReader? reader).ShouldBe(PcapError.None);
        var records = new List<PcapRecord>();
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
            records.Add(record);
        string[] lines =
            (await RunAsync("tshark", "-r", file, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBeGreaterThan(30);
        records.Select(Line).ShouldBe(lines);
        return records;
    }

    private static string Line(PcapRecord record) => string.Create(
        CultureInfo.InvariantCulture,
        $"{record.Nanoseconds / 1_000_000_000}.{record.Nanoseconds % 1_000_000_000:D9}\t{record.OriginalLength}\t{record.Data.Length}");

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process =
            Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        return output;
    }
}

/// <summary>A test that needs Wireshark's tools.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WiresharkFactAttribute : FactAttribute
{
    public WiresharkFactAttribute() => Skip = Wireshark.WhyNot;
}

/// <summary>Tests that need Wireshark's tools.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WiresharkTheoryAttribute : TheoryAttribute
{
    public WiresharkTheoryAttribute() => Skip = Wireshark.WhyNot;
}

internal static class Wireshark
{
    public static string? WhyNot { get; } = File.Exists("/usr/bin/tshark") && File.Exists("/usr/bin/editcap") ? null
        : "there is no tshark: apt-get install tshark";
}
