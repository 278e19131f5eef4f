using System.Globalization;
using System.Text.RegularExpressions;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Packets;
using UpcallActors.OpenFlow;

namespace UpcallActors.Embedded.Tests.Recordings;

/// <summary>A recorded scenario: what Open vSwitch and the kernel said to each other, and the hosts' frames.</summary>
public sealed class KernelRecording
{
    private const long PurgeGap = 200_000;
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "captures");

    public KernelRecording(string name)
    {
        Name = name;
        Messages = ReadMessages(Path.Combine(Root, name + ".netlink.pcap"));
    }

    public string Name { get; }

    public IReadOnlyList<RecordedMessage> Messages { get; }

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Root, "*.netlink.pcap", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace(".netlink.pcap", "", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    public static TheoryData<string> All => [.. Names];

    /// <summary>The scenarios whose two hosts are ports of the bridge.</summary>
    public static TheoryData<string> Bridged => [.. Names.Where(name => !name.Contains("vxlan", StringComparison.Ordinal))];

    public IEnumerable<RecordedMessage> Upcalls =>
        Messages.Where(message => message.Type == PacketFamily
            && message.Command is (byte)PacketCommand.Miss or (byte)PacketCommand.Action);

    public IEnumerable<RecordedMessage> Executes =>
        Messages.Where(message => message.Type == PacketFamily && message.Command == (byte)PacketCommand.Execute);

    /// <summary>Flow puts that Open vSwitch kept, feature probes left out.</summary>
    public IEnumerable<RecordedMessage> FlowPuts =>
        Messages.Where(message => message.Type == FlowFamily && message.Command == OvsCommand.New && message.IsRequest
            && !message.Flow.IsProbe);

    /// <summary>The time of the last message of each burst of flow deletions: when the table was empty.</summary>
    public IReadOnlyList<long> PurgeTimes
    {
        get
        {
            var times = new List<long>();
            foreach (RecordedMessage message
                in Messages.Where(message => message.Type == FlowFamily && message.Command == OvsCommand.Delete && message.IsRequest))
            {
                if (times.Count > 0 && message.Microseconds - times[^1] < PurgeGap)
                    times[^1] = message.Microseconds;
                else
                    times.Add(message.Microseconds);
            }

            return times;
        }
    }

    private ushort PacketFamily => Messages.First(message => message.IsUpcallShaped).Type;

    private ushort FlowFamily => (ushort)(PacketFamily - 1);

    /// <summary>Frames seen at a host (<c>p0</c> or <c>p1</c>).</summary>
    public IReadOnlyList<CapturedFrame> Frames(string host)
    {
        string path = Path.Combine(Root, Name + "." + host + ".pcap");
        return CaptureFile.Read(File.ReadAllBytes(path), path).Frames;
    }

    /// <summary>The datapath number of the port to a host.</summary>
    public uint PortNumber(string host)
    {
        string text = File.ReadAllText(Path.Combine(Root, Name + ".ports.txt"));
        return uint.Parse(Regex.Match(text, $@"port (\d+): ovs-{host}").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>A translator over the scenario's OpenFlow rules.</summary>
    public IUpcallTranslator CreateTranslator() => new OpenFlowTranslatorFactory([CreateBridge()]).Create(0);

    /// <summary>The bridge, with the scenario's OpenFlow rules.</summary>
    internal Bridge CreateBridge()
    {
        FlowFile flows = FlowSyntax.ParseFile(File.ReadAllText(Path.Combine(Root, Name + ".flows.of")));
        flows.Errors.ShouldBeEmpty();
        var tables = new FlowTables();
        tables.Apply([.. flows.Changes]);
        BridgePort[] ports = [new(OpenFlowPorts.Local, 1, "br0"), new(1, PortNumber("p0"), "p0"), new(2, PortNumber("p1"), "p1")];
        return new Bridge("br0", FailMode.Secure, tables, ports);
    }

    private static List<RecordedMessage> ReadMessages(string path)
    {
        PcapReader.TryOpen(File.ReadAllBytes(path), out PcapReader? reader).ShouldBe(PcapError.None);
        var messages = new List<RecordedMessage>();
        while (reader.ShouldNotBeNull().TryReadNext(out PcapRecord record) == PcapError.None)
        {
            NlmonRecord.TryRead(record.Data.Span, out NlmonRecord nlmon).ShouldBeTrue();
            ReadOnlySpan<byte> left = nlmon.Protocol == NlmonRecord.GenericNetlink ? nlmon.Messages : [];
            while (NetlinkMessage.TryRead(left, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
            {
                messages.Add(new RecordedMessage(record.Nanoseconds / 1000, message.Bytes.ToArray()));
                left = left[consumed..];
            }
        }

        return messages;
    }
}
