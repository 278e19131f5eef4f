using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Control;

/// <summary>
/// Asks a datapath about itself over its own channel: what <c>dpctl</c> commands show. Single owner; lives for one command. Everything here
/// throws <see cref="DatapathException"/> when the datapath refuses or answers what cannot be read.
/// </summary>
internal sealed partial class DatapathQuery : IDisposable
{
    /// <summary>Requests here name a datapath or nothing at all.</summary>
    private const int RequestLength = 4096;

    /// <summary>A flow has at most two 64 KiB attributes.</summary>
    private const int AnswerLength = 160 << 10;

    private const uint Sequence = 1;

    private readonly IDatapath _datapath;
    private readonly IRequestChannel _channel;
    private readonly NativeRegion _region = new(RequestLength);
    private readonly SendVector _vector = new(1);
    private readonly byte[] _answer = ArrayPool<byte>.Shared.Rent(AnswerLength);
    private DatapathQuery? _aside;

    /// <summary>
    /// Opens a channel to the datapath. Throws <see cref="DatapathException"/> if no descriptor is left.
    /// </summary>
    public DatapathQuery(IDatapath datapath)
    {
        _datapath = datapath;
        try
        {
            _channel = datapath.OpenRequests();
        }
        catch (Win32Exception refused)
        {
            _region.Dispose();
            ArrayPool<byte>.Shared.Return(_answer);
            throw new DatapathException($"{datapath.Name} cannot be asked: {refused.Message}", refused);
        }
    }

    /// <summary>Takes one flow: where its parts lie, and the message they lie in.</summary>
    internal delegate void FlowReader(in FlowMessage flow, ReadOnlySpan<byte> message);

    /// <summary>The datapath, with its counters.</summary>
    public DatapathMessage GetDatapath()
    {
        var writer = new NetlinkWriter(_region.Slice(0, RequestLength));
        // A GET by name alone, as any client asks: with NLM_F_ECHO the kernel would tell others too.
        new DatapathMessage { Command = OvsCommand.Get, Name = _datapath.Name }.Write(ref writer, _datapath.Families.Datapath,
            NetlinkFlags.Request, Sequence);
        DatapathMessage? found = null;
        Ask(writer.Length, "reading the datapath", isDump: false,
            message => found = Parsed(DatapathMessage.TryParse(message.Bytes, out DatapathMessage? parsed), parsed));
        return found ?? throw new DatapathException("the datapath does not answer");
    }

    /// <summary>All ports, by number.</summary>
    public IReadOnlyList<VportMessage> GetPorts()
    {
        var writer = new NetlinkWriter(_region.Slice(0, RequestLength));
        new VportMessage { Command = OvsCommand.Get, DatapathIfIndex = _datapath.IfIndex }
            .Write(ref writer, _datapath.Families.Vport, NetlinkFlags.Request | NetlinkFlags.Dump, Sequence);
        var ports = new List<VportMessage>();
        Ask(writer.Length, "listing ports", isDump: true,
            message => ports.Add(Parsed(VportMessage.TryParse(message.Bytes, out VportMessage? parsed), parsed)));
        return [.. ports.OrderBy(port => port.PortNo)];
    }

    /// <summary>Shows every flow, one by one, in the datapath's order.</summary>
    /// <param name="read">Takes a flow.</param>
    /// <param name="isEnough">Asked now and then; the rest of the flows is
    /// not read once it says so, and nothing else can be asked then.</param>
    public void ReadFlows(FlowReader read, Func<bool>? isEnough = null)
    {
        var writer = new NetlinkWriter(_region.Slice(0, RequestLength));
        FlowMessageWriter.WriteDump(ref writer, _datapath.Families.Flow, Sequence, _datapath.IfIndex, ufidFlags: 0);
        Ask(writer.Length, "dumping flows", isDump: true, message =>
        {
            Parsed(FlowMessage.TryParse(message.Bytes, out FlowMessage flow), "");
            if (flow.Actions.IsPresent)
                read(flow, message.Bytes);
            else
                (_aside ??= new DatapathQuery(_datapath)).ReadFlow(flow, message.Bytes, read);
        }, isEnough);
    }

    /// <summary>
    /// Shows one flow of a dump that left its actions out, since they did not fit into a part
    /// (<c>dpif_netlink_flow_dump_next</c>). One that has gone meanwhile
    /// is not shown.
    /// </summary>
    private void ReadFlow(in FlowMessage dumped, ReadOnlySpan<byte> part, FlowReader read)
    {
        var writer = new NetlinkWriter(_region.Slice(0, RequestLength));
        ushort family = _datapath.Families.Flow;
        int ifIndex = _datapath.IfIndex;
        if (dumped.Ufid is { } ufid)
            FlowMessageWriter.WriteByUfid(ref writer, family, NetlinkFlags.None, Sequence, OvsCommand.Get, ifIndex, ufid);
        else if (dumped.Key.IsPresent)
            FlowMessageWriter.WriteByKey(ref writer, family, Sequence, OvsCommand.Get, ifIndex, dumped.Key.Of(part));
        else
            throw new DatapathException("the datapath showed a flow without key and id");
        try
        {
            Ask(writer.Length, "reading a flow", isDump: false, message =>
            {
                Parsed(FlowMessage.TryParse(message.Bytes, out FlowMessage flow), "");
                read(flow, message.Bytes);
            });
        }
        catch (DatapathException gone) when (gone.Errno == (int)Errno.NoEntry)
        {
        }
    }

    /// <summary>Deletes all flows.</summary>
    public void DeleteFlows()
    {
        var writer = new NetlinkWriter(_region.Slice(0, RequestLength));
        int start = OvsHeader.Begin(
            ref writer, _datapath.Families.Flow, NetlinkFlags.Request | NetlinkFlags.Ack, Sequence, OvsCommand.Delete,
            OvsFamilyVersion.Flow, _datapath.IfIndex);
        writer.EndMessage(start);
        Ask(writer.Length, "deleting all flows", isDump: false, _ => { });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _aside?.Dispose();
        _channel.Dispose();
        _region.Dispose();
        ArrayPool<byte>.Shared.Return(_answer);
    }

    private static T Parsed<T>(OdpParseError error, T? value)
        where T : class =>
        error == OdpParseError.None ? value! : throw new DatapathException($"the datapath answered what cannot be read ({error})");

    /// <summary>
    /// Sends the request that was written and shows each message of the answer. One channel, one request: nothing else can be in between.
    /// </summary>
    private void Ask(int length, string doing, bool isDump, NetlinkAnswerHandler read, Func<bool>? isEnough = null) =>
        Ask(_region, length, doing, isDump, read, isEnough);

    private void Ask(NativeRegion region, int length, string doing, bool isDump, NetlinkAnswerHandler read, Func<bool>? isEnough = null)
    {
        _vector.Clear();
        _vector.Append(region, 0, length);
        int error = _channel.Send(_vector);
        if (error != 0)
            throw Refused(doing, error);
        bool isDone = false;
        while (!isDone && isEnough?.Invoke() != true)
        {
            int received = _channel.Receive(_answer);
            if (received == 0)
            {
                if (isDump)
                    throw new DatapathException($"{doing}: the answer ended early");
                return;
            }

            isDone = Read(_answer.AsSpan(0, received), doing, read) || !isDump;
        }
    }

    /// <summary>Whether the end of the answer was among the messages.</summary>
    private static bool Read(ReadOnlySpan<byte> messages, string doing, NetlinkAnswerHandler read)
    {
        for (int consumed; messages.Length >= NetlinkMessage.HeaderLength; messages = messages[consumed..])
        {
            if (NetlinkMessage.TryRead(messages, out NetlinkMessage message, out consumed) != NetlinkParseError.None)
                throw new DatapathException($"{doing}: an answer was cut");
            if (message.Type is NetlinkControlType.Error or NetlinkControlType.Done)
            {
                if (!NetlinkErrorAnswer.TryRead(message, out NetlinkErrorAnswer answer))
                    throw new DatapathException($"{doing}: an answer was cut");
                return answer.Error == Errno.None ? true : throw Refused(doing, (int)answer.Error);
            }

            read(message);
        }

        return false;
    }

    private static DatapathException Refused(string doing, int errno) => new($"{doing}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
}
