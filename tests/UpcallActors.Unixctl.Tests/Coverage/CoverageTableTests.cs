namespace UpcallActors.Unixctl.Tests;

/// <summary>How often events happen, as <c>coverage/show</c> prints it.</summary>
public sealed class CoverageTableTests
{
    [Fact]
    public void Rates_are_those_of_the_last_five_seconds_minute_and_hour()
    {
        long hits = 0;
        var coverage = new CoverageTable([new CoverageCounter("some_event", () => hits), new CoverageCounter("no_event", () => 0)]);
        string Line() => coverage.Show().ToString().Split('\n')[1];
        hits = 10;
        coverage.Tick();
        Line().ShouldBe("some_event                 2.0/sec     0.167/sec        0.0028/sec   total: 10");
        for (int tick = 0; tick < 12; tick++)
        {
            hits += 5;
            coverage.Tick();
        }

        Line().ShouldBe("some_event                 1.0/sec     1.000/sec        0.0194/sec   total: 70");
        for (int tick = 0; tick < 12 * 60; tick++)
            coverage.Tick();
        Line().ShouldBe("some_event                 0.0/sec     0.000/sec        0.0000/sec   total: 70");
        coverage.Show().ToString().ShouldEndWith("\n1 events never hit\n");
    }
}
