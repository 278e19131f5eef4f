using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel.Tests;

/// <summary>Against what kernels of several ages answer.</summary>
public sealed class FeatureNegotiationTests
{
    private const OvsDatapathFeatures PerCpu = OvsDatapathFeatures.Unaligned | OvsDatapathFeatures.DispatchUpcallPerCpu;
    private const OvsDatapathFeatures PerVport = OvsDatapathFeatures.Unaligned | OvsDatapathFeatures.VportPids;

    private readonly List<OvsDatapathFeatures> _asked = [];

    [Fact]
    public void A_kernel_that_has_dispatch_by_cpu_gets_it()
    {
        FeatureNegotiation.Negotiate(Kernel(known: PerCpu | PerVport), perVport: false, out OvsDatapathFeatures agreed).Succeeded
            .ShouldBeTrue();
        agreed.ShouldBe(PerCpu);
    }

    [Fact]
    public void A_kernel_without_it_gets_port_ids_by_vport()
    {
        FeatureNegotiation.Negotiate(Kernel(known: PerVport), perVport: false, out OvsDatapathFeatures agreed).Succeeded.ShouldBeTrue();
        agreed.ShouldBe(PerVport);
        _asked.Last().ShouldBe(PerVport);
    }

    [Fact]
    public void Dispatch_by_vport_can_be_forced()
    {
        FeatureNegotiation.Negotiate(Kernel(known: PerCpu | PerVport), perVport: true, out OvsDatapathFeatures agreed).Succeeded
            .ShouldBeTrue();
        agreed.ShouldBe(PerVport);
        _asked.ShouldNotContain(PerCpu);
    }

    [Fact]
    public void A_kernel_that_takes_any_feature_knows_none_of_the_new_ones()
    {
        FeatureNegotiation.Negotiate(Kernel(known: (OvsDatapathFeatures)uint.MaxValue), perVport: false,
            out OvsDatapathFeatures agreed).Succeeded.ShouldBeTrue();
        agreed.ShouldBe(PerVport);
        _asked.ShouldNotContain(PerCpu);
    }

    [Fact]
    public void Another_error_ends_it()
    {
        FeatureNegotiation.Negotiate(
            features =>
            {
                _asked.Add(features);
                return new NetlinkResult(Errno.NotPermitted);
            },
            perVport: false,
            out _).Error.ShouldBe(Errno.NotPermitted);
        _asked.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(PerCpu | OvsDatapathFeatures.TcRecircSharing, PerCpu | OvsDatapathFeatures.TcRecircSharing)]
    [InlineData(PerCpu, PerCpu)]
    public void Sharing_with_tc_is_asked_for_apart_and_may_be_refused(object known, object result)
    {
        FeatureNegotiation.TryAddTcSharing(Kernel((OvsDatapathFeatures)known), PerCpu).ShouldBe((OvsDatapathFeatures)result);
        _asked.ShouldBe([PerCpu | OvsDatapathFeatures.TcRecircSharing]);
    }

    private Func<OvsDatapathFeatures, NetlinkResult> Kernel(OvsDatapathFeatures known) => features =>
    {
        _asked.Add(features);
        return new NetlinkResult((features & ~known) == 0 ? Errno.None : Errno.NotSupported);
    };
}
