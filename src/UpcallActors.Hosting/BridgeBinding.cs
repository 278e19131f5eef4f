using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Hosting;

/// <summary>Bridges and ports from a section of a configuration.</summary>
internal static class BridgeBinding
{
    private const int MostVlan = 4094;
    private const uint MostPort = 0xfeff;

    /// <summary>Adds a bridge; what is wrong with it is reported.</summary>
    public static void Bind(ConfigurationReader reader, UpcallActorsOptions options, List<string> problems)
    {
        FailMode mode = reader.Choice("FailMode", FailMode.Secure, ("secure", FailMode.Secure), ("standalone", FailMode.Standalone));
        IReadOnlyList<string> flows = [.. reader.Texts("Flows"), .. FilesOf(reader)];
        List<(uint Number, PortRequest Request, Func<BridgePort, BridgePort> Configure)> ports = [];
        foreach (ConfigurationReader port in reader.Under("Ports").Each())
        {
            if (!port.Has("Number"))
                port.Report("Number", "is needed: the OpenFlow port number");
            uint number = (uint)port.Number("Number", 0, 1, MostPort);
            (PortRequest request, TunnelPort? tunnel) = RequestOf(port);
            Func<BridgePort, BridgePort> vlan = VlanOf(port);
            ports.Add((number, request, added => vlan(added) with { Tunnel = tunnel }));
            port.RefuseOthers();
        }

        var byNumber = ports.Where(port => port.Number != 0).GroupBy(port => port.Number, port => port.Request.Name);
        foreach (IGrouping<uint, string> same in byNumber.Where(same => same.Count() > 1))
            reader.Report("Ports", $"has number {same.Key} for {string.Join(" and ", same)}");
        reader.RefuseOthers();
        try
        {
            options.AddBridge(reader.Name, bridge =>
            {
                bridge.FailMode = mode;
                foreach ((uint number, PortRequest request, Func<BridgePort, BridgePort> configure) in WithNumbers(ports))
                    bridge.AddPort(number, request, configure);
                foreach (string text in flows)
                    bridge.AddFlows(text);
            });
        }
        catch (FormatException wrong)
        {
            problems.Add(wrong.Message);
        }
    }

    /// <summary>Numbers that are missing or there twice were told of: flows are read as if they were others.</summary>
    private static IEnumerable<(uint Number, PortRequest Request, Func<BridgePort, BridgePort> Configure)> WithNumbers(
        List<(uint Number, PortRequest Request, Func<BridgePort, BridgePort> Configure)> ports)
    {
        HashSet<uint> wanted = [.. ports.Select(port => port.Number)];
        HashSet<uint> taken = [0];
        uint spare = MostPort;
        foreach ((uint number, PortRequest request, Func<BridgePort, BridgePort> configure) in ports)
        {
            while (wanted.Contains(spare))
                spare--;
            yield return (taken.Add(number) ? number : spare--, request, configure);
        }
    }

    /// <summary>The requested port, and a tunnel's remote end.</summary>
    public static (PortRequest Request, TunnelPort? Tunnel) RequestOf(ConfigurationReader port)
    {
        PortKind kind = port.Choice(
            "Type",
            PortKind.System,
            ("system", PortKind.System),
            ("internal", PortKind.Internal),
            ("vxlan", PortKind.Vxlan),
            ("geneve", PortKind.Geneve),
            ("gre", PortKind.Gre));
        if (kind is PortKind.System or PortKind.Internal)
            return (new PortRequest(port.Name, kind, kind == PortKind.System ? port.Text("Interface") : null), null);
        TunnelPort tunnel = TunnelOf(port, kind);
        return (new PortRequest(port.Name, kind, null, tunnel.DestinationPort), tunnel);
    }

    private static IEnumerable<string> FilesOf(ConfigurationReader reader)
    {
        foreach (string file in reader.Texts("FlowFiles"))
        {
            string flows = "";
            try
            {
                flows = File.ReadAllText(file);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                reader.Report("FlowFiles", $"names {file}, which cannot be read: {failure.Message}");
            }

            yield return flows;
        }
    }

    private static Func<BridgePort, BridgePort> VlanOf(ConfigurationReader port)
    {
        ushort tag = (ushort)port.Number("Tag", 0, 1, MostVlan);
        List<ushort> trunks = [];
        foreach (string text in port.Texts("Trunks"))
        {
            if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort trunk) && trunk <= MostVlan)
                trunks.Add(trunk);
            else
                port.Report("Trunks", $"must be numbers from 0 to {MostVlan}, not \"{text}\"");
        }

        if (tag != 0 && trunks.Count > 0)
            port.Report("Trunks", "is for a port without Tag");
        return added => added with { VlanMode = tag == 0 ? VlanMode.Trunk : VlanMode.Access, Vlan = tag, Trunks = [.. trunks] };
    }

    private static TunnelPort TunnelOf(ConfigurationReader port, PortKind kind)
    {
        if (!port.Has("RemoteIp"))
            port.Report("RemoteIp", "is needed: the remote address of a tunnel");
        (uint remote4, UInt128 remote6) = NumbersOf(port.Address("RemoteIp"));
        (uint local4, UInt128 local6) = NumbersOf(port.Address("LocalIp"));
        if ((remote4 != 0 && local6 != 0) || (remote6 != 0 && local4 != 0))
            port.Report("LocalIp", "must be of the same IP version as RemoteIp");
        var tunnel = new TunnelPort
        {
            RemoteIpv4 = remote4,
            RemoteIpv6 = remote6,
            LocalIpv4 = local4,
            LocalIpv6 = local6,
            DestinationPort = DestinationPortOf(port, kind),
            Ttl = (byte)port.Number("Ttl", 64, 1, byte.MaxValue),
            // The lower two bits are ECN's, which come from the inner packet.
            Tos = (byte)(port.Number("Tos", 0, 0, byte.MaxValue) & ~3),
            DontFragment = port.Flag("DontFragment", true),
            Checksum = port.Flag("Checksum", false),
        };
        return !port.Has("Key") ? tunnel
            : tunnel.WithKey((ulong)port.Number("Key", 0, 0, kind == PortKind.Gre ? uint.MaxValue : (1 << 24) - 1));
    }

    /// <summary>GRE has no ports.</summary>
    private static ushort DestinationPortOf(ConfigurationReader port, PortKind kind) =>
        kind == PortKind.Gre ? (ushort)0 : (ushort)port.Number("DestinationPort", kind == PortKind.Vxlan ? 4789 : 6081, 1, ushort.MaxValue);

    private static (uint Ipv4, UInt128 Ipv6) NumbersOf(IPAddress? address) => address switch
    {
        null => (0, 0),
        { AddressFamily: AddressFamily.InterNetwork } => (BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()), 0),
        _ => (0, BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes())),
    };
}
