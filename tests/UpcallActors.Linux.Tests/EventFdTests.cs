using System.ComponentModel;

namespace UpcallActors.Linux.Tests;

public sealed class EventFdTests
{
    private const int DoNotWait = 0;
    private const int Forever = -1;

    /// <summary>Higher than any descriptor that a process may have (<c>fs.nr_open</c>).</summary>
    private const int NeverOpen = int.MaxValue;

    [Fact]
    public void A_signal_makes_it_readable_until_it_is_reset()
    {
        using var wake = new EventFd();
        Readiness.Wait(-1, wake.Descriptor, DoNotWait).ShouldBe((false, false));
        wake.Signal();
        wake.Signal();
        Readiness.Wait(-1, wake.Descriptor, DoNotWait).ShouldBe((false, true));
        wake.Reset();
        Readiness.Wait(-1, wake.Descriptor, DoNotWait).ShouldBe((false, false));
    }

    [Fact]
    public void Each_of_two_descriptors_is_told_apart()
    {
        using var first = new EventFd();
        using var second = new EventFd();
        first.Signal();
        Readiness.Wait(first.Descriptor, second.Descriptor, DoNotWait).ShouldBe((true, false));
        second.Signal();
        Readiness.Wait(first.Descriptor, second.Descriptor, DoNotWait).ShouldBe((true, true));
    }

    [Fact]
    public async Task A_waiting_thread_is_woken_by_another()
    {
        using var wake = new EventFd();
        Task<(bool First, bool Second)> waiting = Task.Run(() => Readiness.Wait(-1, wake.Descriptor, Forever));
        wake.Signal();
        (await waiting).ShouldBe((false, true));
    }

    [Fact]
    public void Resetting_without_a_signal_does_not_block()
    {
        using var wake = new EventFd();
        wake.Reset();
        Readiness.Wait(-1, wake.Descriptor, DoNotWait).ShouldBe((false, false));
    }

    [Fact]
    public void Signalling_one_that_is_gone_is_harmless()
    {
        var wake = new EventFd();
        wake.Dispose();
        Should.NotThrow(wake.Signal);
        Should.NotThrow(wake.Reset);
        wake.Descriptor.ShouldBe(-1);
    }

    [Fact]
    public void A_descriptor_that_is_not_open_is_not_ready_and_hides_no_other()
    {
        using var wake = new EventFd();
        Readiness.Wait(NeverOpen, wake.Descriptor, DoNotWait).ShouldBe((false, false));
        wake.Signal();
        Readiness.Wait(NeverOpen, wake.Descriptor, Forever).ShouldBe((false, true));
        Readiness.Wait(wake.Descriptor, NeverOpen, Forever).ShouldBe((true, false));
        Readiness.Wait(NeverOpen, NeverOpen, DoNotWait).ShouldBe((false, false));
    }

    [Fact]
    public void Waiting_for_ever_for_nothing_is_refused()
    {
        Should.Throw<Win32Exception>(() => Readiness.Wait(NeverOpen, -1, Forever));
        Should.Throw<Win32Exception>(() => Readiness.Wait(-1, -1, Forever));
    }
}
