using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel.Tests.Conntrack;

/// <summary>A table of connections that changes while it is dumped.</summary>
public sealed class KernelConntrackTests
{
    [Fact]
    public void A_dump_that_a_change_has_interrupted_is_made_again()
    {
        var netfilter = new InterruptedConversation(times: 9);
        using var conntrack = new KernelConntrack(netfilter);
        conntrack.Dump(zone: null).ShouldBeEmpty();
        netfilter.Requests.ShouldBe(10);
    }

    [Fact]
    public void One_that_is_interrupted_each_time_is_an_error()
    {
        var netfilter = new InterruptedConversation(times: int.MaxValue);
        using var conntrack = new KernelConntrack(netfilter);
        DatapathException failed = Should.Throw<DatapathException>(() => conntrack.Dump(zone: 5));
        (failed.Error, failed.Message).ShouldBe((Errno.Interrupted, "cannot list tracked connections: Interrupted system call"));
        netfilter.Requests.ShouldBe(10);
    }

    private sealed class InterruptedConversation(int times) : INetlinkConversation
    {
        public int Requests { get; private set; }

        public NetlinkResult Request(ReadOnlySpan<byte> request, NetlinkAnswerHandler? onAnswer = null) =>
            new(Errno.None, WasInterrupted: Requests++ < times);

        public void Dispose()
        {
        }
    }
}
