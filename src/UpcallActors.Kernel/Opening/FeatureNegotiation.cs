using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// Agrees with the kernel on what a datapath does for userspace, as <c>dpif_netlink_open</c> in Open vSwitch does. If an unknown feature is
/// refused, the kernel checks features at all. Then it accepts dispatch by CPU, or has only dispatch by vport.
/// </summary>
internal static class FeatureNegotiation
{
    private const OvsDatapathFeatures Unknown = (OvsDatapathFeatures)(1u << 31);
    private const OvsDatapathFeatures PerVport = OvsDatapathFeatures.Unaligned | OvsDatapathFeatures.VportPids;
    private const OvsDatapathFeatures PerCpu = OvsDatapathFeatures.Unaligned | OvsDatapathFeatures.DispatchUpcallPerCpu;

    /// <summary>
    /// Offers features by <paramref name="request"/>, which creates or changes the
    /// datapath. <paramref name="agreed"/> is what holds when the result is a success.
    /// </summary>
    public static NetlinkResult Negotiate(Func<OvsDatapathFeatures, NetlinkResult> request, bool perVport, out OvsDatapathFeatures agreed)
    {
        agreed = PerVport;
        NetlinkResult result = request(PerVport | Unknown);
        if (result.Error != Errno.NotSupported)
            return result;
        if (!perVport)
        {
            agreed = PerCpu;
            result = request(PerCpu);
            if (result.Error != Errno.NotSupported)
                return result;
        }

        agreed = PerVport;
        return request(PerVport);
    }

    /// <summary>
    /// Asks for shared recirculation ids with tc, which a kernel may be built without. It stands alone, since it would take other features
    /// down with it; a refused SET changes nothing.
    /// </summary>
    public static OvsDatapathFeatures TryAddTcSharing(Func<OvsDatapathFeatures, NetlinkResult> request, OvsDatapathFeatures agreed)
    {
        OvsDatapathFeatures more = agreed | OvsDatapathFeatures.TcRecircSharing;
        return request(more).Succeeded ? more : agreed;
    }
}
