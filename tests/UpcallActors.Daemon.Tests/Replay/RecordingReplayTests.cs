using UpcallActors.Daemon.Replay;
using UpcallActors.Daemon.Terminal;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Replay;

/// <summary>The run without configuration, through the real pipeline.</summary>
public sealed class RecordingReplayTests
{
    [Fact]
    public async Task Every_recording_puts_out_what_the_kernel_put_out()
    {
        (int code, string[] lines) = await RunAsync(attach: null);
        code.ShouldBe(ExitCode.Success);
        string[][] rows = Rows(lines);
        rows.Length.ShouldBe(8);
        rows.Select(row => row[10]).ShouldAllBe(identical => identical == "yes");
        lines[^1].ShouldBe("All 8 recordings put out what the kernel put out, byte for byte.");
    }

    [Fact]
    public async Task Each_large_size_comes_up_once_with_its_MRU()
    {
        (_, string[] lines) = await RunAsync(attach: null);
        foreach (string[] row in Rows(lines))
        {
            row[5].ShouldBe("2", row[0]);
            row[6].ShouldBe(row[0].StartsWith("ipv4", StringComparison.Ordinal) ? "1500" : "1496", row[0]);
        }
    }

    [Fact]
    public async Task Without_the_MRU_no_recording_is_identical_and_the_exit_code_tells()
    {
        (int code, string[] lines) = await RunAsync(datapath => new MruStrippingDatapath(datapath));
        code.ShouldBe(ExitCode.Failure);
        string[][] rows = Rows(lines);
        rows.Length.ShouldBe(8);
        rows.Select(row => row[10]).ShouldAllBe(identical => identical == "no");
        rows.Select(row => row[5]).ShouldAllBe(withMru => withMru == "0");
        lines[^1].ShouldBe("8 of 8 recordings did not put out what the kernel put out.");
    }

    [Fact]
    public void The_recordings_are_four_scenarios_of_two_kernels()
    {
        IReadOnlyList<Recording> recordings = Recording.Find(Recording.Folder);
        recordings.Select(recording => recording.Kernel).Distinct().ShouldBe(["6.1", "7.2"]);
        recordings.GroupBy(recording => recording.Kernel).ShouldAllBe(kernel => kernel.Count() == 4);
    }

    [Fact]
    public void No_recordings_at_all_do_not_pass_for_identical_ones()
    {
        using var folder = new Configuration.ConfigurationFolder();
        Should.Throw<FileNotFoundException>(() => Recording.Find(folder.Root)).Message.ShouldStartWith("there are no recordings in ");
    }

    [Fact]
    public async Task A_pipeline_that_gives_up_ends_the_daemon_with_a_failure_instead_of_waiting_forever()
    {
        (int code, string[] lines) = await RunAsync(datapath => new DeafDatapath(datapath));
        code.ShouldBe(ExitCode.Failure);
        Rows(lines).ShouldBeEmpty();
    }

    private static async Task<(int Code, string[] Lines)> RunAsync(Func<IDatapath, IDatapath>? attach)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = await new RunCommand(json: false, output, errors, attach).RunAsync([]);
        errors.ToString().ShouldBeEmpty();
        return (code, output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string[][] Rows(string[] lines) =>
        [.. lines.Where(line => line.StartsWith("ipv", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
