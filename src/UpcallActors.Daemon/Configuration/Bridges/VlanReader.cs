using UpcallActors.Ofproto;
using UpcallActors.Packets;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>Reads how a port treats VLANs.</summary>
internal static class VlanReader
{
    /// <summary>VLANs end here; 4095 is reserved (IEEE 802.1Q).</summary>
    private const int MostVlan = 4094;

    private const string Dot1qTunnel = "dot1q-tunnel";

    /// <summary>Reads what is about VLANs.</summary>
    public static PortConfiguration Read(ConfigurationBlock block)
    {
        bool hasTag = block.Has("tag");
        // A port with a tag is an access port unless it says otherwise (Open vSwitch's rule for an empty vlan_mode).
        VlanMode mode = block.Choice("vlan-mode", hasTag ? VlanMode.Access : VlanMode.Trunk, ("trunk", VlanMode.Trunk),
            ("access", VlanMode.Access), ("native-tagged", VlanMode.NativeTagged), ("native-untagged", VlanMode.NativeUntagged),
            (Dot1qTunnel, VlanMode.Dot1qTunnel));
        int tag = block.Integer("tag", 0, 1, MostVlan);
        IReadOnlyList<int> trunks = block.Integers("trunks", 0, MostVlan);
        if (mode != VlanMode.Trunk && !hasTag)
            block.Report("vlan-mode", $"vlan-mode = {block.Text("vlan-mode")} needs a tag");
        if (mode == VlanMode.Trunk && hasTag)
            block.Report("tag", "tag is for a vlan-mode other than trunk");
        if (mode == VlanMode.Access && trunks.Count > 0)
            block.Report("trunks", "trunks is for vlan-mode = trunk, without tag, or native-tagged or native-untagged");
        if (mode == VlanMode.Dot1qTunnel && trunks.Count > 0)
            block.Report("trunks", $"vlan-mode = {Dot1qTunnel} has cvlans, no trunks");
        IReadOnlyList<int> cvlans = block.Integers("cvlans", 0, MostVlan);
        ushort ethtype = block.Choice(
            "qinq-ethtype", EtherTypes.ServiceVlan, ("802.1ad", EtherTypes.ServiceVlan), ("802.1q", EtherTypes.Vlan));
        foreach (string key in (string[])["cvlans", "qinq-ethtype"])
        {
            if (mode != VlanMode.Dot1qTunnel && block.Has(key))
                block.Report(key, $"{key} is for vlan-mode = {Dot1qTunnel}");
        }

        return new PortConfiguration
        {
            Name = block.Name,
            VlanMode = mode,
            Tag = (ushort)tag,
            Trunks = ValueList.From(trunks.Select(vlan => (ushort)vlan)),
            Cvlans = ValueList.From(cvlans.Select(vlan => (ushort)vlan)),
            QinqEthtype = ethtype,
            PriorityTags = block.Choice("priority-tags", PriorityTags.Never, ("never", PriorityTags.Never),
                ("if-nonzero", PriorityTags.IfNonzero), ("always", PriorityTags.Always)),
            IsProtected = block.Flag("protected", false),
        };
    }
}
