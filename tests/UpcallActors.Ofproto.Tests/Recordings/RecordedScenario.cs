using System.Text.RegularExpressions;
using UpcallActors.Linux;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>A recorded scenario: the packet and flow messages in order, and the bridges they were made with.</summary>
public sealed partial class RecordedScenario
{
    private const uint Remote = 0xac1f0101; // 172.31.1.1, the far end of the recorded tunnel

    private static readonly string _root = Path.Combine(AppContext.BaseDirectory, "captures");

    private readonly string _name;

    private RecordedScenario(string name)
    {
        _name = name;
        Messages = Load();
        // Upcalls alone have neither sequence number nor port id; the kernel numbers its families in the order of dp_genl_families.
        PacketFamily = Messages.Where(message => BitConverter.ToUInt64(message, NetlinkMessage.SequenceOffset) == 0).Select(TypeOf)
            .Distinct().Single();
    }

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(_root, "*.netlink.pcap", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_root, path).Replace(".netlink.pcap", "", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    public IReadOnlyList<byte[]> Messages { get; }

    public ushort PacketFamily { get; }

    public ushort FlowFamily => (ushort)(PacketFamily - 1);

    public static RecordedScenario Of(string name) => new(name);

    public static ushort TypeOf(byte[] message) => BitConverter.ToUInt16(message, NetlinkMessage.TypeOffset);

    /// <summary>The bridges with the recorded flows and ports; the underlay of the tunnel is a bridge of its own.</summary>
    internal IReadOnlyList<Bridge> Bridges()
    {
        var tables = new FlowTables();
        FlowFile file = FlowSyntax.ParseFile(ReadText(".flows.of"), _name + ".flows.of");
        file.Errors.ShouldBeEmpty();
        tables.Apply([.. file.Changes]);
        Dictionary<string, uint> datapath = DatapathPorts().Matches(ReadText(".ports.txt"))
            .ToDictionary(match => match.Groups["name"].Value, match => uint.Parse(match.Groups["port"].Value, null));
        var local = new BridgePort(OpenFlowPorts.Local, datapath["br0"], "br0");
        if (!datapath.TryGetValue("vxlan_sys_4789", out uint vxlan))
        {
            IEnumerable<BridgePort> ports = OpenFlowNumbers().Matches(ReadText(".ports.txt"))
                .Select(match => new BridgePort(uint.Parse(match.Groups["port"].Value, null), datapath[match.Groups["name"].Value],
                    match.Groups["name"].Value));
            return [new Bridge("br0", FailMode.Standalone, tables, [local, .. ports])];
        }

        var tunnel = new BridgePort(1, vxlan, "at_vxlan0") { Tunnel = new TunnelPort { RemoteIpv4 = Remote } };
        var underlay = new Bridge("br-underlay", FailMode.Standalone, StandaloneTables.Make(),
            [new BridgePort(OpenFlowPorts.Local, datapath["br-underlay"], "br-underlay"), new BridgePort(1, datapath["ovs-p0"], "ovs-p0")]);
        return [new Bridge("br0", FailMode.Standalone, tables, [local, tunnel]), underlay];
    }

    private string ReadText(string suffix) => File.ReadAllText(Path.Combine(_root, _name + suffix));

    private List<byte[]> Load()
    {
        PcapReader.TryOpen(File.ReadAllBytes(Path.Combine(_root, _name + ".netlink.pcap")), out PcapReader? reader)
            .ShouldBe(PcapError.None);
        var messages = new List<byte[]>();
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
        {
            NlmonRecord.TryRead(record.Data.Span, out NlmonRecord nlmon).ShouldBeTrue();
            ReadOnlySpan<byte> rest = nlmon.Protocol == NlmonRecord.GenericNetlink ? nlmon.Messages : [];
            while (!rest.IsEmpty)
            {
                NetlinkMessage.TryRead(rest, out NetlinkMessage message, out int consumed).ShouldBe(NetlinkParseError.None);
                messages.Add(message.Bytes.ToArray());
                rest = rest[consumed..];
            }
        }

        return messages;
    }

    [GeneratedRegex(@"^  port (?<port>\d+): (?<name>\S+)", RegexOptions.Multiline)]
    private static partial Regex DatapathPorts();

    [GeneratedRegex(@"^ (?<port>\d+)\((?<name>\S+)\):", RegexOptions.Multiline)]
    private static partial Regex OpenFlowNumbers();
}
