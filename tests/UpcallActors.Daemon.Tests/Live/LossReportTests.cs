using UpcallActors.Daemon.Live;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Tests.Live;

/// <summary>What is said about losses.</summary>
public sealed class LossReportTests
{
    [Fact]
    public void Only_causes_that_have_grown_are_named_with_how_much_and_how_fast()
    {
        static UpcallLoss[] Of(long shed, long late) =>
            [new("shed", "shed by us", shed), new("malformed", "not understood", 1), new("late", "too late", late)];
        var report = new LossReport(Of(5, 0));
        report.Next(Of(5, 0), 10).ShouldBeNull();
        report.Next(Of(125, 3), 10).ShouldBe("120 (12/s) shed by us, 3 (0.3/s) too late");
        report.Next(Of(126, 3), 2).ShouldBe("1 (0.5/s) shed by us");
    }

    [Fact]
    public void What_was_lost_before_the_start_is_nobodys() =>
        new LossReport([new("stale", "gone", 100)]).Next([new("stale", "gone", 100)], 1).ShouldBeNull();
}
