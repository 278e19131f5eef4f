using System.Diagnostics.Tracing;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Telemetry;

/// <summary>What becomes of problems that OpenTelemetry has with itself.</summary>
public sealed class TelemetryDiagnosticsTests
{
    [Fact]
    public void Problems_make_one_line_a_minute_that_says_how_many_there_were()
    {
        var time = new SettableTime();
        var lines = new LogLines();
        using var diagnostics = new TelemetryDiagnostics(lines, time);
        for (int second = 0; second < 150; second++)
        {
            diagnostics.Report($"problem {second}");
            time.Seconds++;
        }

        lines.Lines.ShouldBe(
        [
            "Warning OpenTelemetry reports problems (1 since the last such line); upcalls continue. The latest: problem 0",
            "Warning OpenTelemetry reports problems (60 since the last such line); upcalls continue. The latest: problem 60",
            "Warning OpenTelemetry reports problems (60 since the last such line); upcalls continue. The latest: problem 120",
        ]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_an_event_source_of_OpenTelemetry_warns_of_is_said_on_one_line_and_what_others_say_is_not(bool isThereBefore)
    {
        var lines = new LogLines();
        using var other = new EventSource("Other-Source-Of-Events");
        EventSource? ours = isThereBefore ? new EventSource("OpenTelemetry-Diagnostics-Test") : null;
        using var diagnostics = new TelemetryDiagnostics(lines, TimeProvider.System);
        ours ??= new EventSource("OpenTelemetry-Diagnostics-Test");
        using (ours)
        {
            other.Write("Failed", new EventSourceOptions { Level = EventLevel.Error }, new { Text = "not ours" });
            ours.Write("Detail", new EventSourceOptions { Level = EventLevel.Informational }, new { Text = "a detail" });
            ours.Write("Failed", new EventSourceOptions { Level = EventLevel.Error }, new { Text = "no route\n   at Somewhere()" });
        }

        string line = lines.Lines.ShouldHaveSingleItem();
        line.ShouldStartWith("Warning OpenTelemetry reports problems (1 since");
        line.ShouldNotContain("Somewhere");
    }

    private sealed class SettableTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
