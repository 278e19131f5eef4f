using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>The generic-netlink families of the <c>openvswitch</c> module: their ids, and the multicast group of port changes.</summary>
/// <param name="Ids">What requests are addressed to. Meter and CtLimit are 0 where the kernel is too old to have them.</param>
/// <param name="VportGroup">The group <c>ovs_vport</c>, for <see cref="NetlinkSocket.JoinGroup"/>.</param>
internal sealed record OvsKernelFamilies(OvsFamilies Ids, uint VportGroup)
{
    private const string VportGroupName = "ovs_vport";

    /// <summary>
    /// Looks all of them up, which loads the module where the kernel may. The result is ENOENT where the kernel has none;
    /// <paramref name="families"/> is null unless it is a success.
    /// </summary>
    public static NetlinkResult TryResolve(NetlinkConversation generic, out OvsKernelFamilies? families)
    {
        families = null;
        var found = new GenericNetlinkFamily?[6];
        string[] names = ["ovs_datapath", "ovs_vport", "ovs_flow", "ovs_packet", "ovs_meter", "ovs_ct_limit"];
        for (int index = 0; index < names.Length; index++)
        {
            NetlinkResult result = GenericNetlinkFamily.TryResolve(generic, names[index], out found[index]);
            bool mayBeAbsent = index >= 4 && result.Error == Errno.NoEntry;
            if (!result.Succeeded && !mayBeAbsent)
                return result;
        }

        ushort Id(int index) => found[index]?.Id ?? 0;
        var ids = new OvsFamilies(Id(0), Id(1), Id(2), Id(3), Id(4), Id(5));
        if (!found[1]!.MulticastGroups.TryGetValue(VportGroupName, out uint group))
            return new NetlinkResult(Errno.NoEntry, $"{VportGroupName} has no multicast group");
        families = new OvsKernelFamilies(ids, group);
        return new NetlinkResult(Errno.None);
    }
}
