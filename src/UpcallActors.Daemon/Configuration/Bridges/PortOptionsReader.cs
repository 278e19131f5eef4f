using UpcallActors.Odp;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>
/// Reads a block in <c>ports</c>: what all types have, and captures. Devices and tunnels are <see cref="LivePortReader"/>'s.
/// </summary>
internal static class PortOptionsReader
{
    /// <summary>Reads a port.</summary>
    public static PortOptions Read(ConfigurationBlock block, ConfigurationBlock around, PortChecks checks)
    {
        // What else it has cannot be judged; the name stays, so that the flows find it.
        if (block.ReportCutNames() is { } cut)
            return Unjudged(cut, 0);
        InterfaceName.Check(block, around);
        checks.CheckName(block, around);
        int number = block.Integer("number", 0, 1, DaemonOptionsReader.MostPortNumber, required: true);
        checks.CheckNumber(block, number);
        PortConfiguration port = VlanReader.Read(block);
        Func<(InterfaceConfiguration, CapturePortOptions?)>? read = block.Choice<Func<(InterfaceConfiguration, CapturePortOptions?)>?>(
            "type",
            null,
            ("system", () => ReadLive(PortKind.System)),
            ("internal", () => ReadLive(PortKind.Internal)),
            ("vxlan", () => ReadLive(PortKind.Vxlan)),
            ("geneve", () => ReadLive(PortKind.Geneve)),
            ("gre", () => ReadLive(PortKind.Gre)),
            ("ip6gre", () => ReadLive(PortKind.Ip6Gre)),
            ("patch", () => (PatchPortReader.Read(block, checks), null)),
            ("capture", () => ReadCapture(block, checks)));
        if (read == null)
        {
            // What else it has cannot be judged; it stays, so that the flows find its name.
            block.Text("type", required: true);
            return Unjudged(block.Name, number);
        }

        (InterfaceConfiguration one, CapturePortOptions? capture) = read();
        bool isPatch = one.Kind == PortKind.Patch;
        if (isPatch && block.Has("share"))
            block.Report("share", "share is for ports of the datapath, and a patch port is none");
        double? share = block.Has("share") ? block.Share("share", 1) : null;
        // A patch port goes with ports of any type.
        if (!isPatch)
            checks.CheckMixture(block, capture != null);
        block.RefuseOthers();
        return new PortOptions(port with { Interfaces = [one with { RequestedNumber = (uint)number, Share = share }] }, capture);

        (InterfaceConfiguration, CapturePortOptions?) ReadLive(PortKind kind) => (LivePortReader.Read(block, kind, checks), null);
    }

    /// <summary>A port of a configuration that nobody will run.</summary>
    private static PortOptions Unjudged(string name, int number) =>
        new(PortConfiguration.Of(new InterfaceConfiguration { Name = name, RequestedNumber = (uint)number }), null);

    /// <summary>To the switch it is a device like any other.</summary>
    private static (InterfaceConfiguration, CapturePortOptions?) ReadCapture(ConfigurationBlock block, PortChecks checks)
    {
        CapturePortOptions options = CapturePortReader.Read(block, out string? input);
        checks.CheckCapture(block, options, input);
        return (new InterfaceConfiguration { Name = block.Name }, options);
    }
}
