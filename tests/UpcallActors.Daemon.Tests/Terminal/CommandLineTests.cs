using System.Text.Json;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Packets;

namespace UpcallActors.Daemon.Tests.Terminal;

/// <summary>The executable from outside: exit codes, outputs, signals.</summary>
public sealed class CommandLineTests : IDisposable
{
    private const string Hub = """
        upcall-actors {
          handlers = 1
          bridges.br0 {
            fail-mode = standalone
            ports {
              p0 { number = 1, type = capture, input = "p0.pcap", host-mac = "02:00:00:00:00:0a", output = "out/p0.pcap" }
              p1 { number = 2, type = capture, input = "p1.pcap", host-mac = "02:00:00:00:00:0b", output = "out/p1.pcap" }
            }
          }
        }
        """;

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData]
    [InlineData("run")]
    public async Task Without_configuration_it_replays_the_recordings_in_plain_lines(params string[] arguments)
    {
        (int code, string output, string errors) = await DaemonProcess.RunAsync(arguments);
        code.ShouldBe(0, errors);
        errors.ShouldBeEmpty();
        output.Any(character => character != '\n' && char.IsControl(character)).ShouldBeFalse();
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(11);
        lines[0].ShouldContain("nothing of this machine is touched");

        // Columns are where their titles are: numbers end, and texts start, at the same place in each line.
        foreach (string row in lines[2..10])
        {
            row[(lines[1].IndexOf("identical", StringComparison.Ordinal))..].ShouldStartWith("yes ");
            row[..(lines[1].IndexOf("frames-in", StringComparison.Ordinal) + "frames-in".Length)].Split(' ')[^1].ShouldMatch("^[0-9]+$");
            row.Length.ShouldBe(lines[1].Length);
        }
    }

    [Fact]
    public async Task As_JSON_the_replay_has_the_documented_shape_and_nothing_else_is_printed()
    {
        (int code, string output, string errors) = await DaemonProcess.RunAsync("--json");
        code.ShouldBe(0, errors);
        using var document = JsonDocument.Parse(output);
        document.RootElement.GetProperty("complete").GetBoolean().ShouldBeTrue();
        document.RootElement.GetProperty("identical").GetBoolean().ShouldBeTrue();
        JsonElement[] recordings = [.. document.RootElement.GetProperty("recordings").EnumerateArray()];
        recordings.Length.ShouldBe(8);
        foreach (JsonElement recording in recordings)
        {
            recording.EnumerateObject().Select(property => property.Name).ShouldBe(
                ["scenario", "kernel", "framesIn", "misses", "actions", "withMru", "largestMru", "executes", "flowPuts", "framesOut",
                    "identical", "upcallsPerSecond", "differences"]);
            recording.GetProperty("identical").GetBoolean().ShouldBeTrue();
            recording.GetProperty("withMru").GetInt64().ShouldBe(2);
            recording.GetProperty("differences").GetArrayLength().ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_configuration_is_run_until_its_captures_have_ended()
    {
        (int code, string output, string errors) = await DaemonProcess.RunAsync("run", "--config",
            _folder.Write("hub.conf", Hub), "--json");
        code.ShouldBe(0, errors);
        using var document = JsonDocument.Parse(output);
        JsonElement[] ports = [.. document.RootElement.GetProperty("ports").EnumerateArray()];
        ports.Select(port => $"{port.GetProperty("port").GetString()} {port.GetProperty("framesIn").GetInt64()} "
            + $"{port.GetProperty("framesOut").GetInt64()} {port.GetProperty("tooLong").GetInt64()}")
            .ShouldBe(["p0 1 2 0", "p1 2 1 0"]);
        JsonElement upcalls = document.RootElement.GetProperty("upcalls");
        upcalls.GetProperty("misses").GetInt64().ShouldBeGreaterThan(0);
        upcalls.GetProperty("lost").GetInt64().ShouldBe(0);
        upcalls.GetProperty("errors").GetInt64().ShouldBe(0);
        Frames("out/p0.pcap").ShouldBe([Convert.ToHexString(ConfigurationFolder.Frame(0x0b)),
            Convert.ToHexString(ConfigurationFolder.Frame(0x0b))]);
        Frames("out/p1.pcap").ShouldBe([Convert.ToHexString(ConfigurationFolder.Frame(0x0a))]);
    }

    [Fact]
    public async Task A_shipped_recording_runs_as_a_configuration_too()
    {
        string recording = Path.Combine(AppContext.BaseDirectory, "recordings", "linux-6.1", "ipv4-fragmentation.conf");
        string outputs = _folder.Write("outputs.conf", "upcall-actors.bridges.br0.ports { p0.output = p0.out, p1.output = p1.out }\n");
        (int code, string output, string errors) = await DaemonProcess.RunAsync("--config", recording, "--config", outputs);
        code.ShouldBe(0, errors);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldStartWith("bridge");
        lines[^1].ShouldStartWith("upcalls: 17 miss, 0 action, 2 with MRU (largest 1500), 0 lost;");
        Frames("p0.out").Length.ShouldBe(19);
    }

    [Fact]
    public async Task A_port_narrower_than_the_fragments_that_came_in_gets_all_packets_in_smaller_ones()
    {
        const int Mtu = 1280;
        const int EthernetHeader = 14;
        string recording = Path.Combine(AppContext.BaseDirectory, "recordings", "linux-7.2", "ipv4-fragmentation.conf");
        string narrow = _folder.Write("narrow.conf", $"upcall-actors.bridges.br0.ports.p0 {{ mtu = {Mtu}, output = p0.out }}\n");
        (int code, string output, string errors) = await DaemonProcess.RunAsync("--config", recording, "--config", narrow, "--json");
        code.ShouldBe(0, errors);
        using var document = JsonDocument.Parse(output);

        document.RootElement.GetProperty("ports").EnumerateArray().Select(port => port.GetProperty("tooLong").GetInt64())
            .ShouldAllBe(tooLong => tooLong == 0);
        // Each of the six large replies comes up by itself, and so does the first of each size that meets no flow.
        document.RootElement.GetProperty("upcalls").GetProperty("actions").GetInt64().ShouldBe(6);
        string[] frames = Frames("p0.out");
        frames.Length.ShouldBe(19);
        frames.Max(frame => frame.Length / 2).ShouldBeInRange(Mtu - 8, Mtu + EthernetHeader);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_drains_and_ends_well(string signal)
    {
        // The next frame of p1 is an hour away.
        string file = _folder.Write("hub.conf", Hub + "\nupcall-actors.replay.pace = recorded\n");
        using var daemon = DaemonProcess.Start("run", "--config", file);
        await daemon.WaitForAsync("Datapath ovs-system (embedded) with 1 bridges and 2 ports, 1 lanes");
        await daemon.SignalAsync(signal);
        (int code, string output, string errors) = await daemon.EndAsync();
        code.ShouldBe(0, errors);
        errors.ShouldContain("Drained after");
        output.ShouldContain("upcalls: ");
    }

    [Fact]
    public async Task A_wrong_configuration_ends_with_code_2_and_all_problems()
    {
        string file = _folder.Write("bad.conf", Hub.Replace("handlers = 1", "handlers = many", StringComparison.Ordinal)
            .Replace("p1.pcap", "gone.pcap", StringComparison.Ordinal));
        (int code, string output, string errors) = await DaemonProcess.RunAsync("run", "--config", file);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        lines[0].ShouldStartWith($"{file}:2: handlers");
        lines[1].ShouldStartWith($"{file}:7: input");
    }

    [Fact]
    public async Task The_kernels_datapath_is_refused_for_captures()
    {
        string file = _folder.Write("kernel.conf", Hub + "\nupcall-actors.datapath.type = kernel\n");
        (int code, _, string errors) = await DaemonProcess.RunAsync("--config", file);
        code.ShouldBe(2);
        errors.ShouldContain("kernel.conf:11: type = kernel has no capture ports");
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_ends_with_code_2_before_anything_runs()
    {
        _folder.Write("out", "a file where a folder should be");
        (int code, _, string errors) = await DaemonProcess.RunAsync("--config", _folder.Write("hub.conf", Hub));
        code.ShouldBe(2);
        errors.ShouldContain("cannot be written");
    }

    [Fact]
    public async Task An_output_that_fails_at_the_very_end_is_named_once_and_ends_with_code_1()
    {
        const string FullDevice = "/dev/full";
        if (!File.Exists(FullDevice))
            return;
        string file = _folder.Write("full.conf", Hub.Replace("out/p0.pcap", FullDevice, StringComparison.Ordinal));
        (int code, _, string errors) = await DaemonProcess.RunAsync("--config", file);
        code.ShouldBe(1, errors);
        errors.ShouldContain("/dev/full is incomplete");
        errors.ShouldNotContain("The daemon failed");
    }

    [Fact]
    public async Task A_command_that_cannot_print_ends_with_code_1()
    {
        using var errors = new StringWriter();
        var closed = new StringWriter();
        await closed.DisposeAsync();
        (await Daemon.Terminal.CommandLine.RunAsync(["--help"], closed, errors)).ShouldBe(1);
        errors.ToString().ShouldStartWith("upcall-actors: ");
    }

    [Theory]
    [InlineData("--frobnicate")]
    [InlineData("stop")]
    [InlineData("--config")]
    public async Task A_wrong_command_line_ends_with_code_2(string argument)
    {
        (int code, string output, string errors) = await DaemonProcess.RunAsync(argument);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.ShouldContain("See upcall-actors --help.");
    }

    [Theory]
    [InlineData("--help", "--config <FILE>")]
    [InlineData("--version", "0.1.0")]
    public async Task Help_and_version_are_printed(string argument, string expected)
    {
        (int code, string output, _) = await DaemonProcess.RunAsync(argument);
        code.ShouldBe(0);
        output.ShouldContain(expected);
    }

    private string[] Frames(string capture)
    {
        PcapReader.TryOpen(File.ReadAllBytes(Path.Combine(_folder.Root, capture)), out PcapReader? reader).ShouldBe(PcapError.None);
        var frames = new List<string>();
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
            frames.Add(Convert.ToHexString(record.Data.Span));
        return [.. frames];
    }
}
