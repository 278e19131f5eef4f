using System.ComponentModel;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>Whether this process can have a datapath of this kernel.</summary>
/// <param name="IsAvailable">Whether it can.</param>
/// <param name="Reason">Why not, for people; empty when it can.</param>
internal sealed record KernelAvailability(bool IsAvailable, string Reason)
{
    /// <summary>No device is called so: the kernel's own names have no space.</summary>
    private const string NoDatapath = "no datapath";

    /// <summary>
    /// Asks the kernel, changing nothing; it may load the <c>openvswitch</c> module
    /// for that. Whether a datapath of some name is in use is not looked at.
    /// </summary>
    public static KernelAvailability Find()
    {
        try
        {
            using var generic = new NetlinkConversation(NetlinkProtocol.Generic);
            NetlinkResult result = OvsKernelFamilies.TryResolve(generic, out OvsKernelFamilies? families);
            if (families is null)
                return No(result.Error == Errno.NoEntry
                    ? "the kernel has no Open vSwitch datapath (modprobe openvswitch)"
                    : $"the kernel's Open vSwitch families: {result}");

            // Privilege is checked before the datapath is looked for, which there is none of that name.
            result = new DatapathRequests(generic, families.Ids.Datapath).Set(NoDatapath, OvsDatapathFeatures.None);
            return result.Error switch
            {
                Errno.NoDevice => new KernelAvailability(true, string.Empty),
                Errno.NotPermitted => No("the capability CAP_NET_ADMIN is missing (run as root, or setcap cap_net_admin+ep)"),
                _ => No($"the kernel's datapath: {result}"),
            };
        }
        catch (Win32Exception refused)
        {
            return No($"no Netlink socket: {refused.Message}");
        }
    }

    private static KernelAvailability No(string reason) => new(false, reason);
}
