using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Configuration;

/// <summary>
/// Reads a block in <c>ports</c>: what all types have, and captures. Devices and tunnels are <see cref="LivePortReader"/>'s.
/// </summary>
internal static class PortOptionsReader
{
    /// <summary>VLANs end here; 4095 is reserved (IEEE 802.1Q).</summary>
    private const int MostVlan = 4094;

    /// <summary>Reads a port.</summary>
    public static PortOptions Read(ConfigurationBlock block, ConfigurationBlock around, PortChecks checks)
    {
        // What else it has cannot be judged; the name stays, so that the flows find it.
        if (block.ReportCutNames() is { } cut)
            return new LivePortOptions
            {
                Name = cut,
                Number = 0,
                Vlan = new VlanOptions(VlanMode.Trunk, 0, []),
                Request = new PortRequest(cut, PortKind.System),
                Tunnel = null
            };
        InterfaceName.Check(block, around);
        checks.CheckName(block, around);
        int number = block.Integer("number", 0, 1, DaemonOptionsReader.MostPortNumber, required: true);
        checks.CheckNumber(block, number);
        VlanOptions vlan = ReadVlan(block);
        Func<PortOptions>? read = block.Choice<Func<PortOptions>?>(
            "type",
            null,
            ("system", () => ReadLive(PortKind.System)),
            ("internal", () => ReadLive(PortKind.Internal)),
            ("vxlan", () => ReadLive(PortKind.Vxlan)),
            ("geneve", () => ReadLive(PortKind.Geneve)),
            ("gre", () => ReadLive(PortKind.Gre)),
            ("ip6gre", () => ReadLive(PortKind.Ip6Gre)),
            ("capture", () => ReadCapture(block, number, vlan, checks)));
        if (read == null)
        {
            // What else it has cannot be judged; it stays, so that the flows find its name.
            block.Text("type", required: true);
            return new LivePortOptions
            {
                Name = block.Name,
                Number = number,
                Vlan = vlan,
                Request = new PortRequest(block.Name, PortKind.System),
                Tunnel = null,
            };
        }

        PortOptions options = read() with { Share = block.Has("share") ? block.Share("share", 1) : null };
        checks.CheckMixture(block, options is CapturePortOptions);
        block.RefuseOthers();
        return options;

        LivePortOptions ReadLive(PortKind kind) => LivePortReader.Read(block, kind, number, vlan, checks);
    }

    private static VlanOptions ReadVlan(ConfigurationBlock block)
    {
        bool hasTag = block.Has("tag");
        // A port with a tag is an access port unless it says otherwise (Open vSwitch's rule for an empty vlan_mode).
        VlanMode mode = block.Choice("vlan-mode", hasTag ? VlanMode.Access : VlanMode.Trunk, ("trunk", VlanMode.Trunk),
            ("access", VlanMode.Access));
        int tag = block.Integer("tag", 0, 1, MostVlan);
        IReadOnlyList<int> trunks = block.Integers("trunks", 0, MostVlan);
        if (mode == VlanMode.Access && !hasTag)
            block.Report("vlan-mode", "vlan-mode = access needs a tag");
        if (mode == VlanMode.Trunk && hasTag)
            block.Report("tag", "tag is for vlan-mode = access");
        if (mode == VlanMode.Access && trunks.Count > 0)
            block.Report("trunks", "trunks is for vlan-mode = trunk, without tag");
        return new VlanOptions(mode, (ushort)tag, [.. trunks.Select(trunk => (ushort)trunk)]);
    }

    private static CapturePortOptions ReadCapture(ConfigurationBlock block, int number, VlanOptions vlan, PortChecks checks)
    {
        CapturePortOptions options = CapturePortReader.Read(block, number, vlan, out string? input);
        checks.CheckCapture(block, options, input);
        return options;
    }
}
