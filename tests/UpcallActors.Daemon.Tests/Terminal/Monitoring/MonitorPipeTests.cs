using System.Diagnostics;
using UpcallActors.Daemon.Tests.Control;
using UpcallActors.Embedded;
using UpcallActors.Packets;

namespace UpcallActors.Daemon.Tests.Terminal.Monitoring;

/// <summary>The monitor in a pipeline of a shell, as tcpdump and tshark are used there.</summary>
public sealed class MonitorPipeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upcall-pipe-").FullName;
    private int _sent;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Packets_go_to_standard_output_in_order_and_nothing_else_does()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        string file = Path.Combine(_folder, "out");
        (await PipeAsync(daemon, "--write - --count 20", $"cat > {file}")).ShouldBe("0 0");
        CaptureReader.TryOpen(await File.ReadAllBytesAsync(file), out CaptureReader? reader).ShouldBe(PcapError.None);
        var times = new List<long>();
        PcapError error;
        while ((error = reader!.TryReadNext(out PcapRecord record)) == PcapError.None)
            times.Add(record.Nanoseconds);
        error.ShouldBe(PcapError.EndOfFile);
        times.Count.ShouldBe(20);
        times.ShouldBe(times.Order());
    }

    [Theory]
    [InlineData("--write -", "head -c 400 > /dev/null")]
    [InlineData("--write - --packet-buffered", "head -c 400 > /dev/null")]
    [InlineData("", "head -n 1 > /dev/null")]
    [InlineData("--json", "head -n 1 > /dev/null")]
    public async Task It_ends_when_its_reader_has_gone(string options, string reader)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        (await PipeAsync(daemon, options, reader)).ShouldBe("141 0");
    }

    [Fact]
    public async Task What_a_shell_lets_others_write_to_the_same_file_stays_whole()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        string file = Path.Combine(_folder, "log");
        string client = $"{DaemonProcess.Shell} show --target {daemon.Directory.Path}";
        await ShellAsync(daemon, $"{{ echo before; {client}; echo between; {client}; echo after; }} > {file}");
        string[] lines = await File.ReadAllLinesAsync(file);
        (lines[0], lines[^1], lines.Count(line => line == "between")).ShouldBe(("before", "after", 1));
        lines.Count(line => line.StartsWith("daemon ", StringComparison.Ordinal)).ShouldBe(2);
    }

    /// <summary>A text longer than a writer's buffer reaches the pipe in parts, some of them asynchronously.</summary>
    [Fact]
    public async Task A_long_answer_keeps_its_order_in_a_pipe()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        for (uint port = 10; port < 20; port++)
            daemon.Datapath.AddPort(new EmbeddedPort(port, $"spare-port-{port}"));
        string shown = await ShellAsync(daemon, $"{DaemonProcess.Shell} show --target {daemon.Directory.Path} | cat");
        shown.Length.ShouldBeGreaterThan(1024);
        string[] lines = shown.Split('\n');
        lines[0].ShouldStartWith("daemon ");
        lines[1].ShouldStartWith("datapath ");
    }

    private Task<string> PipeAsync(ControlledSwitch daemon, string options, string reader) =>
        ShellAsync(
            daemon, $"{DaemonProcess.Shell} monitor {options} --target {daemon.Directory.Path} | {reader}; echo ${{PIPESTATUS[*]}}");

    /// <summary>Runs a line of bash while upcalls come, and returns what it printed last.</summary>
    private async Task<string> ShellAsync(ControlledSwitch daemon, string line)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardOutput = true })!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync();
        await Eventually.HoldsAsync(() =>
        {
            daemon.Datapath.Receive(2, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 0x0a, 0x90, (byte)_sent++, .. new byte[46]]);
            return output.IsCompleted;
        });
        await shell.WaitForExitAsync();
        return (await output).Trim();
    }
}
