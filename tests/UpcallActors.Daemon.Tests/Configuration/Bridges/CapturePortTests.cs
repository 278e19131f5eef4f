using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Bridges;
using UpcallActors.Packets;

namespace UpcallActors.Daemon.Tests.Configuration.Bridges;

/// <summary>Ports that are capture files, as other tools write them.</summary>
public sealed class CapturePortTests : IDisposable
{
    private const string One = "02:00:00:00:00:0a";
    private const string Two = "02:00:00:00:00:0b";
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData($"\"{One}\"", 1)]
    [InlineData($"[\"{One}\"]", 1)]
    [InlineData($"[\"{One}\", \"{Two}\"]", 2)]
    [InlineData("any", 3)]
    public void Several_stations_may_be_behind_a_port(string stations, int sent)
    {
        Write(Frame(0x0a), Frame(0x0b), Frame(0x0c));
        CapturePortOptions port = Read(stations);
        port.Frames.Count(frame => port.Sent(frame)).ShouldBe(sent);
        port.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]", "a.conf:1: host-mac has no value")]
    [InlineData(
        "[\"02:00:00:00:00:0a\", \"x\"]", "a.conf:1: host-mac must be six pairs of hexadecimal digits with colons between, not \"x\"")]
    [InlineData("[\"02:00:00:00:00:0a\", \"02:00:00:00:00:0A\"]", "a.conf:1: host-mac has 02:00:00:00:00:0A twice")]
    [InlineData(
        "[\"02:00:00:00:00:0a\", any]", "a.conf:1: host-mac must be six pairs of hexadecimal digits with colons between, not \"any\"")]
    public void Stations_that_are_none_are_named(string stations, string problem)
    {
        Write(Frame(0x0a));
        _folder.Problems(Text(stations)).ShouldBe([problem]);
    }

    [Fact]
    public void A_file_that_ends_within_a_record_and_has_other_packets_serves_with_warnings()
    {
        using var file = new MemoryStream();
        var writer = new PcapngWriter(file, "test");
        uint any = writer.AddInterface("any", PcapLinkType.LinuxCooked);
        uint eth0 = writer.AddInterface("eth0", PcapLinkType.Ethernet);
        writer.Write(any, 1, new byte[60], 60, CaptureDirection.Unknown, "");
        writer.Write(eth0, 2, Frame(0x0a), 60, CaptureDirection.Unknown, "");
        writer.Write(any, 3, new byte[60], 60, CaptureDirection.Unknown, "");
        writer.Write(eth0, 4, Frame(0x0a), 60, CaptureDirection.Unknown, "");
        File.WriteAllBytes(Input, file.ToArray()[..^1]);
        CapturePortOptions port = Read($"\"{One}\"");
        port.Frames.Count.ShouldBe(1);
        port.Warnings.Select(warning => warning.ToString()).ShouldBe([
            $"{Input}: record 1: of link type 113 (LinuxCooked), as 1 more: left out",
            $"{Input}: record 4: the file ends within it, and is read up to there",
        ]);
    }

    [Fact]
    public void A_frame_that_no_upcall_carries_is_left_out_by_file_and_record_unless_a_device_would_cut_it()
    {
        byte[] udp = new byte[70_000];
        byte[] tcp = new byte[70_000];
        byte[] ip = [0x45, 0, 0, 0, 0, 7, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        Frame(0x0a)[..14].CopyTo(udp, 0);
        (udp[12], udp[13]) = (8, 0);
        ip.CopyTo(udp, 14);
        udp.AsSpan(0, 34).CopyTo(tcp);
        tcp[23] = 6;
        tcp[34 + 12] = 0x50;
        Write(Frame(0x0a), udp, tcp);
        CapturePortOptions port = Read($"\"{One}\"");
        port.Frames.Select(frame => frame.Record).ShouldBe([1, 3]);
        port.Warnings.Single().ToString().ShouldBe(
            $"{Input}: record 2: 70000 bytes, more than an upcall carries, and no TCP that a device would cut: left out");
    }

    [Fact]
    public void A_frame_that_was_cut_when_captured_is_refused_if_the_port_sends_it()
    {
        using (FileStream file = File.Create(Input))
        {
            var writer = new PcapngWriter(file, "test");
            uint eth0 = writer.AddInterface("eth0", PcapLinkType.Ethernet);
            writer.Write(eth0, 1, Frame(0x0c), 1500, CaptureDirection.Unknown, "");
            writer.Write(eth0, 2, Frame(0x0a), 1500, CaptureDirection.Unknown, "");
        }

        _folder.Problems(Text($"\"{One}\""))
            .ShouldBe(["a.conf:1: input: p0.pcap: record 2: cut to 60 of 1500 bytes when it was captured"]);
        _folder.Problems(Text($"\"{Two}\"")).ShouldBeEmpty();
    }

    private string Input => Path.Combine(_folder.Root, "p0.pcap");

    private static string Text(string stations) =>
        "upcall-actors.bridges.br0 { fail-mode = standalone, "
        + $"ports.p0 {{ number = 1, type = capture, input = p0.pcap, host-mac = {stations} }} }}";

    private static byte[] Frame(byte station)
    {
        byte[] frame = new byte[60];
        frame[0] = frame[6] = 2;
        frame[11] = station;
        frame[12] = 0x88;
        frame[13] = 0xb5;
        return frame;
    }

    private void Write(params byte[][] frames)
    {
        using FileStream file = File.Create(Input);
        var writer = new PcapWriter(file, PcapLinkType.Ethernet);
        foreach (byte[] frame in frames)
            writer.Write(1_000_000, frame);
    }

    private CapturePortOptions Read(string stations)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(Text(stations));
        problems.ShouldBeEmpty();
        return options!.Bridges[0].Captures.Single();
    }
}
