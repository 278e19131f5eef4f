namespace UpcallActors.Odp.Tests;

public class RetryTests
{
    [Fact]
    public void Waits_double_up_to_the_longest_and_start_over()
    {
        var backoff = new RetryBackoff();
        Enumerable.Range(0, 8).Select(_ => backoff.Next().TotalSeconds).ShouldBe([1, 2, 4, 8, 16, 32, 32, 32]);
        backoff.Reset();
        backoff.Next().ShouldBe(RetryBackoff.First);
    }

    [Fact]
    public void Attempts_are_few_in_any_second_and_go_on_in_the_next()
    {
        var window = new AttemptWindow();
        Enumerable.Range(0, 100).Count(at => window.TryTake(5000 + at)).ShouldBe(AttemptWindow.Most);
        window.TryTake(5999).ShouldBeFalse();
        window.TryTake(6000).ShouldBeTrue();
    }
}
