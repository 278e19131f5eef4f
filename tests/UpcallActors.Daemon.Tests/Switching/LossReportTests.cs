using UpcallActors.Daemon.Switching;

namespace UpcallActors.Daemon.Tests.Switching;

/// <summary>What is said about losses.</summary>
public sealed class LossReportTests
{
    [Fact]
    public void Only_causes_that_have_grown_are_named_with_how_much_and_how_fast()
    {
        var report = new LossReport([("shed", 5), ("malformed", 1), ("late", 0)]);
        report.Next([("shed", 5), ("malformed", 1), ("late", 0)], 10).ShouldBeNull();
        report.Next([("shed", 125), ("malformed", 1), ("late", 3)], 10).ShouldBe("120 (12/s) shed, 3 (0.3/s) late");
        report.Next([("shed", 126), ("malformed", 1), ("late", 3)], 2).ShouldBe("1 (0.5/s) shed");
    }

    [Fact]
    public void What_was_lost_before_the_start_is_nobodys() => new LossReport([("stale", 100)]).Next([("stale", 100)], 1).ShouldBeNull();
}
