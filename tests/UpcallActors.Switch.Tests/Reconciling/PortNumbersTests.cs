namespace UpcallActors.Switch.Tests.Reconciling;

/// <summary>Which interface gets which OpenFlow number.</summary>
public sealed class PortNumbersTests
{
    private readonly SteppedTime _time = new();
    private readonly PortNumbers _numbers;

    public PortNumbersTests() => _numbers = new PortNumbers(_time);

    [Fact]
    public void Who_asks_for_a_number_gets_it_and_the_others_get_what_is_left()
    {
        Assign(("a", null), ("b", 1), ("c", null)).ShouldBe([2, 1, 3]);
    }

    [Fact]
    public void Of_two_that_ask_for_a_number_the_one_that_has_it_keeps_it()
    {
        Assign(("b", 5)).ShouldBe([5]);
        Assign(("a", 5), ("b", 5)).ShouldBe([1, 5]);
    }

    [Fact]
    public void Who_did_not_ask_for_its_number_gives_way_to_who_does()
    {
        Assign(("a", null)).ShouldBe([1]);
        Assign(("a", null), ("b", 1)).ShouldBe([2, 1]);
    }

    [Theory]
    [InlineData(0U)]
    [InlineData(0xff00U)]
    [InlineData(0xfffeU)]
    [InlineData(uint.MaxValue)]
    public void A_number_that_there_cannot_be_is_passed_over(uint number) => Assign(("a", number)).ShouldBe([1]);

    [Fact]
    public void A_number_that_was_freed_is_not_given_to_another_for_an_hour()
    {
        Assign(("a", null), ("b", null)).ShouldBe([1, 2]);
        Assign(("b", null)).ShouldBe([2]);
        _time.Now += TimeSpan.FromMinutes(59);
        Assign(("b", null), ("c", null)).ShouldBe([2, 3]);
        Assign(("b", null)).ShouldBe([2]);
        _time.Now += TimeSpan.FromMinutes(61);
        // They go round: the next one comes after the last that was given.
        Assign(("b", null), ("d", null)).ShouldBe([2, 4]);
    }

    [Fact]
    public void A_number_that_rests_is_given_when_there_is_no_other()
    {
        (string, uint?)[] all = [.. Enumerable.Range(1, 32767).Select(number => ($"p{number}", (uint?)null))];
        Assign(all).ShouldBe(Enumerable.Range(1, 32767).Select(number => (uint?)number));
        Assign([.. all.Skip(1)]);
        Assign([.. all.Skip(1), ("late", null)])[^1].ShouldBe(1U);
        Assign([.. all, ("late", null)])[^1].ShouldBe(1U);
        _numbers.Of("p1").ShouldBeNull();
    }

    [Fact]
    public void Numbers_of_an_earlier_run_come_before_those_of_newcomers()
    {
        InterfaceConfiguration[] interfaces =
        [
            Configurations.Device("new"),
            Configurations.Device("old") with { FormerNumber = 1 },
            Configurations.Device("asks", number: 2),
            Configurations.Device("older") with { FormerNumber = 2 },
        ];
        _numbers.Assign(interfaces);
        interfaces.Select(one => _numbers.Of(one.Name)).ShouldBe([3, 1, 2, 4]);
    }

    private uint?[] Assign(params (string Name, uint? Asked)[] interfaces)
    {
        _numbers.Assign([.. interfaces.Select(one => Configurations.Device(one.Name, one.Asked))]);
        return [.. interfaces.Select(one => _numbers.Of(one.Name))];
    }
}
