namespace UpcallActors.Kernel.Tests;

public sealed class UpcallRegistrationTests
{
    [Fact]
    public void Each_cpu_has_a_handler_and_the_handlers_take_turns() =>
        UpcallRegistration.RoundRobin([11, 22, 33], 8).ShouldBe([11u, 22, 33, 11, 22, 33, 11, 22]);

    [Fact]
    public void More_handlers_than_cpus_leave_some_idle() => UpcallRegistration.RoundRobin([11, 22, 33], 2).ShouldBe([11u, 22]);

    [Fact]
    public void There_is_an_entry_even_where_no_cpu_is_known() => UpcallRegistration.RoundRobin([11], 0).ShouldBe([11u]);
}
