using System.Globalization;
using UpcallActors.Linux;
using UpcallActors.Packets;
using UpcallActors.Odp.Text;

namespace UpcallActors.Odp.Tests.Recordings;

/// <summary>One of the ten recorded scenarios: its generic-netlink messages and family ids.</summary>
public sealed class Recording
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "captures");
    private static readonly Dictionary<string, Recording> Loaded = [];

    private Recording(string name)
    {
        Name = name;
        Messages = Load(name);
        Families = InferFamilies(Messages);
    }

    /// <summary>Kernel and scenario, such as <c>linux-6.1/vxlan-fragmentation</c>.</summary>
    public string Name { get; }

    public IReadOnlyList<RecordedMessage> Messages { get; }

    public OvsFamilies Families { get; }

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Root, "*.netlink.pcap", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace(".netlink.pcap", "", StringComparison.Ordinal).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public static TheoryData<string> All => [.. Names];

    public static Recording Of(string name)
    {
        lock (Loaded)
        {
            if (!Loaded.TryGetValue(name, out Recording? recording))
                Loaded.Add(name, recording = new Recording(name));
            return recording;
        }
    }

    public string ReadText(string suffix) => File.ReadAllText(Path.Combine(Root, Name + suffix));

    public IEnumerable<RecordedMessage> OfFamily(ushort family) => Messages.Where(message => message.Type == family);

    /// <summary>The lines of flows.txt that are flows, not headings.</summary>
    public string[] DumpedFlows =>
        [.. ReadText(".flows.txt").Split('\n').Where(line => line.StartsWith("ufid:", StringComparison.Ordinal))];

    /// <summary>The same, by the pings after which they were printed.</summary>
    public IEnumerable<string[]> DumpedSections => ReadText(".flows.txt").Split("## ", StringSplitOptions.RemoveEmptyEntries)
        .Select(section => section.Split('\n').Where(line => line.StartsWith("ufid:", StringComparison.Ordinal)).ToArray());

    /// <summary>Names of the datapath's ports, from the lines <c>  port 2: ovs-p0</c> of ports.txt.</summary>
    internal OdpPortNames PortNames => new(ReadText(".ports.txt").Split('\n')
        .Select(line => line.Trim().Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is ["port", _, _, ..])
        .Select(words => KeyValuePair.Create(uint.Parse(words[1], CultureInfo.InvariantCulture), words[2])));

    /// <summary>The flows that the kernel reported with key and actions.</summary>
    internal IEnumerable<(FlowMessage Flow, byte[] Bytes)> ReportedFlows
    {
        get
        {
            foreach (RecordedMessage message in OfFamily(Families.Flow))
            {
                if (!message.IsRequest && FlowMessage.TryParse(message.Bytes, out FlowMessage flow) == OdpParseError.None
                    && flow is { Ufid: not null, Key.IsPresent: true, Actions.IsPresent: true })
                    yield return (flow, message.Bytes);
            }
        }
    }

    private static List<RecordedMessage> Load(string name)
    {
        PcapReader.TryOpen(File.ReadAllBytes(Path.Combine(Root, name + ".netlink.pcap")), out PcapReader? reader).ShouldBe(PcapError.None);
        reader.ShouldNotBeNull().LinkType.ShouldBe(PcapLinkType.Netlink);
        var messages = new List<RecordedMessage>();
        int index = 0;
        while (reader.TryReadNext(out PcapRecord record) == PcapError.None)
        {
            NlmonRecord.TryRead(record.Data.Span, out NlmonRecord nlmon).ShouldBeTrue();
            if (nlmon.Protocol == NlmonRecord.GenericNetlink)
                Split(name, index, nlmon.Messages, record.Nanoseconds, messages);
            index++;
        }

        return messages;
    }

    private static void Split(string name, int index, ReadOnlySpan<byte> bytes, long nanoseconds, List<RecordedMessage> messages)
    {
        while (!bytes.IsEmpty)
        {
            NetlinkMessage.TryRead(bytes, out NetlinkMessage message, out int consumed)
                .ShouldBe(NetlinkParseError.None, $"{name} record {index}");
            messages.Add(new RecordedMessage(name, index, message.Bytes.ToArray(), message.Type, nanoseconds));
            bytes = bytes[consumed..];
        }
    }

    /// <summary>
    /// The daemon had asked for the family ids before the recording began, so no CTRL message tells them. Upcalls are the only
    /// messages with neither sequence number nor port id; the kernel registers its families in the order of <c>dp_genl_families</c>.
    /// </summary>
    private static OvsFamilies InferFamilies(IReadOnlyList<RecordedMessage> messages)
    {
        ushort packet = messages.Where(message => BitConverter.ToUInt64(message.Bytes, NetlinkMessage.SequenceOffset) == 0)
            .Select(message => message.Type).Distinct().Single();
        return new OvsFamilies((ushort)(packet - 3), (ushort)(packet - 2), (ushort)(packet - 1), packet, (ushort)(packet + 1),
            (ushort)(packet + 2));
    }
}
