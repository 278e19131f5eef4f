namespace UpcallActors.Kernel.Tests;

public sealed class CpuListTests
{
    [Theory]
    [InlineData("0\n", 1)]
    [InlineData("0-3", 4)]
    [InlineData("0-3,8", 9)]
    [InlineData("8,0-3\n", 9)]
    [InlineData("0,2-2", 3)]
    public void The_count_is_one_above_the_highest_id(string list, int count)
    {
        CpuList.TryReadCount(list, out int read).ShouldBeTrue();
        read.ShouldBe(count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("a")]
    [InlineData("0-")]
    [InlineData("-3")]
    [InlineData("3-1")]
    [InlineData("0,,1")]
    [InlineData("0-1-2")]
    [InlineData("99999999999")]
    [InlineData("4000000")]
    public void What_is_no_list_is_refused(string list)
    {
        CpuList.TryReadCount(list, out int read).ShouldBeFalse();
        read.ShouldBe(0);
    }

    [Fact]
    public void This_machine_has_at_least_the_cpus_it_shows_us() =>
        CpuList.PossibleCount().ShouldBeGreaterThanOrEqualTo(Environment.ProcessorCount);
}
