using System.ComponentModel;

namespace UpcallActors.Linux.Tests;

public sealed class ReadinessTests
{
    private const int Forever = -1;

    [Fact]
    public void Of_several_descriptors_each_says_whether_it_is_readable()
    {
        using var first = new EventFd();
        using var second = new EventFd();
        using var third = new EventFd();
        first.Signal();
        third.Signal();
        Span<bool> readable = stackalloc bool[4];
        Readiness.Wait([first.Descriptor, second.Descriptor, third.Descriptor, -1], readable, Forever);
        readable.ToArray().ShouldBe([true, false, true, false]);
    }

    [Fact]
    public void A_descriptor_that_is_not_open_does_not_end_the_wait()
    {
        using var open = new EventFd();
        bool[] readable = [true, true];
        Readiness.Wait([int.MaxValue, open.Descriptor], readable, 0);
        readable.ShouldBe([false, false]);
        open.Signal();
        Readiness.Wait([int.MaxValue, open.Descriptor], readable, Forever);
        readable.ShouldBe([false, true]);
    }

    [Fact]
    public void A_wait_that_nothing_could_end_and_one_for_too_many_are_refused()
    {
        Should.Throw<Win32Exception>(() => Readiness.Wait([-1, -1, -1], new bool[3], Forever));
        Should.Throw<ArgumentOutOfRangeException>(() => Readiness.Wait(new int[Readiness.Limit + 1], new bool[Readiness.Limit + 1], 0));
    }
}
