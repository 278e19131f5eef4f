namespace UpcallActors.Pipeline.Tests;

/// <summary>When a queue is emptied ahead of what can be executed.</summary>
public sealed class CongestionPolicyTests
{
    /// <summary>
    /// Looks, one behind the other: <c>+</c> the queue has overflowed again, <c>-</c> it has not, <c>e</c> it was read
    /// until empty; in capitals (<c>P</c> for +, <c>M</c> for -) the same while
    /// other ports are there. Then whether it counts as an overload.
    /// </summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("P", false)] // What a pause left.
    [InlineData("PP", false)] // Before the first upcalls were taken out.
    [InlineData("PPP", true)] // More come than go.
    [InlineData("PPMP", false)]
    [InlineData("PPMPPP", true)]
    [InlineData("PPePP", false)]
    [InlineData("PPePPP", true)]
    [InlineData("+++++", false)] // Nobody else is there: nobody gains by it.
    [InlineData("++++P", true)]
    [InlineData("PPPM", true)] // Until it was empty,
    [InlineData("PPPMMMM", true)]
    [InlineData("PPPe", false)]
    [InlineData("PPPeP", false)]
    [InlineData("PPP-", false)] // or the others have gone.
    [InlineData("PPP+", false)]
    [InlineData("PPP+P", true)]
    public void A_queue_is_emptied_ahead_when_it_overflows_again_and_again_while_others_are_there(string looks, bool isOverloaded)
    {
        var policy = default(CongestionPolicy);
        foreach (char look in looks)
            policy = look == 'e' ? policy.Emptied() : policy.Looked(look is '+' or 'P', look is 'P' or 'M');
        policy.IsOverloaded.ShouldBe(isOverloaded);
    }

    /// <summary>
    /// Ports by letters, 100 ms apart; nothing is short behind a comma, until a full stop; then how long after the last
    /// one somebody asks, and how many ports have upcalls
    /// on their way.
    /// </summary>
    [Theory]
    [InlineData("", 0, 0, false)]
    [InlineData("a", 0, 1, false)]
    [InlineData("aaaa", 0, 1, false)]
    [InlineData("ab", 0, 1, true)]
    [InlineData("ab", 1999, 1, true)]
    [InlineData("ab", 2000, 1, false)]
    [InlineData("ab", 2000, 2, true)]
    [InlineData("aabbbbbbbbbb", 1000, 1, true)]
    [InlineData("aabbbbbbbbbb", 1100, 1, false)]
    [InlineData("aabbbbbbbbbba", 1999, 1, true)]
    [InlineData("a", 0, 2, true)]
    [InlineData("a.b", 0, 1, true)]
    [InlineData("a,b", 0, 1, false)] // Before anything was short: what came then did not wait.
    [InlineData("a,ba", 0, 1, false)]
    [InlineData("a,b.a", 0, 1, true)]
    [InlineData("ab,b", 1800, 1, true)]
    public void Ports_seen_one_behind_the_other_or_on_their_way_together_keep_each_other_company(
        string ports, int milliseconds, int active, bool hasCompany)
    {
        var policy = default(CongestionPolicy);
        TimeSpan now = TimeSpan.FromHours(1);
        bool isShort = true;
        foreach (char port in ports)
        {
            if (port is '.' or ',')
            {
                isShort = port == '.';
                continue;
            }

            now += TimeSpan.FromMilliseconds(100);
            policy = policy.Seen((short)port, now, isShort);
            policy.IsLast((short)port).ShouldBeTrue();
        }

        policy.HasCompany(active, now + TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(hasCompany);
    }

    [Fact]
    public void What_was_seen_and_what_was_looked_at_are_kept_beside_each_other()
    {
        CongestionPolicy seen = default(CongestionPolicy).Seen(1, TimeSpan.Zero, true).Seen(2, TimeSpan.Zero, true);
        seen.HasOverflowed.ShouldBeFalse();
        CongestionPolicy overloaded = seen.Looked(true, true).Looked(true, true).Seen(2, TimeSpan.Zero, true).Looked(true, true);
        overloaded.IsOverloaded.ShouldBeTrue();
        overloaded.HasOverflowed.ShouldBeTrue();
        overloaded.Looked(false, true).HasOverflowed.ShouldBeTrue();
        overloaded.Emptied().HasOverflowed.ShouldBeFalse();
        overloaded.Seen(1, TimeSpan.FromSeconds(1), true).IsOverloaded.ShouldBeTrue();
        overloaded.Emptied().HasCompany(0, TimeSpan.Zero).ShouldBeTrue();
    }
}
