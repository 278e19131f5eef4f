using System.ComponentModel;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Control;

/// <summary>
/// Asks a datapath about itself over its own channel: what <c>dpctl</c> commands show. Single owner; lives for one command. Everything here
/// throws <see cref="DatapathException"/> when the datapath refuses or answers what cannot be read.
/// </summary>
internal sealed partial class DatapathQuery : IDisposable
{
    /// <summary>
    /// A dump that was interrupted by a change is not whole, and is asked for again, up to so many times. Then it has failed, with the
    /// error that libmnl has for that (EINTR).
    /// </summary>
    public const int Attempts = 10;

    private static readonly NetlinkResult _interrupted = new(Errno.Interrupted);

    private readonly IDatapath _datapath;
    private readonly DatapathClient _client;
    private DatapathQuery? _aside;

    /// <summary>
    /// Opens a channel to the datapath. Throws <see cref="DatapathException"/> if no descriptor is left.
    /// </summary>
    public DatapathQuery(IDatapath datapath)
    {
        _datapath = datapath;
        try
        {
            _client = new DatapathClient(datapath);
        }
        catch (Win32Exception refused)
        {
            throw new DatapathException($"{datapath.Name} cannot be asked: {refused.Message}", refused);
        }
    }

    /// <summary>Takes one flow: where its parts lie, and the message they lie in.</summary>
    internal delegate void FlowReader(in FlowMessage flow, ReadOnlySpan<byte> message);

    /// <summary>The datapath, with its counters.</summary>
    public DatapathMessage GetDatapath()
    {
        NetlinkWriter writer = _client.Writer();
        // A GET by name alone, as any client asks: with NLM_F_ECHO the kernel would tell others too.
        new DatapathMessage { Command = OvsCommand.Get, Name = _datapath.Name }
            .Write(ref writer, _datapath.Families.Datapath, NetlinkFlags.Request, 0);
        DatapathMessage? found = null;
        Ask(writer, "reading the datapath", message =>
            found = Parsed(DatapathMessage.TryParse(message.Bytes, out DatapathMessage? parsed), parsed));
        return found ?? throw new DatapathException("the datapath does not answer");
    }

    /// <summary>All ports, by number.</summary>
    public IReadOnlyList<VportMessage> GetPorts()
    {
        var ports = new List<VportMessage>();
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ports.Clear();
            if (!TryGetPorts(ports).WasInterrupted)
                return [.. ports.OrderBy(port => port.PortNo)];
        }

        throw new DatapathException($"listing ports: {_interrupted}", _interrupted.Error);
    }

    /// <summary>
    /// Shows every flow, one by one, in the datapath's order. A datapath that fails half way, or goes on changing, throws what
    /// <c>dpctl_dump_flows</c> says of it.
    /// </summary>
    /// <param name="begin">Told before a dump begins: of what was read before nothing counts.</param>
    /// <param name="read">Takes a flow.</param>
    /// <param name="isEnough">Asked now and then; the rest of the flows is
    /// not read once it says so, and nothing else can be asked then.</param>
    public void ReadFlows(Action begin, FlowReader read, Func<bool>? isEnough = null)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            begin();
            if (DumpFlows(read, isEnough) is not { } result)
                return;
            if (result is { Succeeded: true, WasInterrupted: false })
                return;
            if (!result.Succeeded)
                throw DumpFailed(result);
        }

        throw DumpFailed(_interrupted);
    }

    private static DatapathException DumpFailed(NetlinkResult result) =>
        new($"Failed to dump flows from datapath ({result})", result.Error);

    /// <summary>Null when it was enough before the end.</summary>
    private NetlinkResult? DumpFlows(FlowReader read, Func<bool>? isEnough)
    {
        NetlinkWriter writer = _client.Writer();
        FlowMessageWriter.WriteDump(ref writer, _datapath.Families.Flow, 0, _datapath.IfIndex, ufidFlags: 0);
        _client.TryAdd(writer);
        _client.Begin();
        do
        {
            if (isEnough?.Invoke() == true)
                return null;
        }
        while (_client.Read((_, message) => ReadDumped(message, read)));
        return _client.Result(0);
    }

    private NetlinkResult TryGetPorts(List<VportMessage> ports)
    {
        NetlinkWriter writer = _client.Writer();
        new VportMessage { Command = OvsCommand.Get, DatapathIfIndex = _datapath.IfIndex }
            .Write(ref writer, _datapath.Families.Vport, NetlinkFlags.Request | NetlinkFlags.Dump, 0);
        return Ask(writer, "listing ports", message =>
            ports.Add(Parsed(VportMessage.TryParse(message.Bytes, out VportMessage? parsed), parsed)));
    }

    private void ReadDumped(NetlinkMessage message, FlowReader read)
    {
        Parsed(FlowMessage.TryParse(message.Bytes, out FlowMessage flow), "");
        if (flow.Actions.IsPresent)
            read(flow, message.Bytes);
        else
            (_aside ??= new DatapathQuery(_datapath)).ReadFlow(flow, message.Bytes, read);
    }

    /// <summary>
    /// Shows one flow of a dump that left its actions out, since they did not fit into a part
    /// (<c>dpif_netlink_flow_dump_next</c>). One that has gone meanwhile
    /// is not shown.
    /// </summary>
    private void ReadFlow(in FlowMessage dumped, ReadOnlySpan<byte> part, FlowReader read)
    {
        NetlinkWriter writer = _client.Writer();
        ushort family = _datapath.Families.Flow;
        int ifIndex = _datapath.IfIndex;
        if (dumped.Ufid is { } ufid)
            FlowMessageWriter.WriteByUfid(ref writer, family, NetlinkFlags.None, 0, OvsCommand.Get, ifIndex, ufid);
        else if (dumped.Key.IsPresent)
            FlowMessageWriter.WriteByKey(ref writer, family, 0, OvsCommand.Get, ifIndex, dumped.Key.Of(part));
        else
            throw new DatapathException("the datapath showed a flow without key and id");
        try
        {
            Ask(writer, "reading a flow", message =>
            {
                Parsed(FlowMessage.TryParse(message.Bytes, out FlowMessage flow), "");
                read(flow, message.Bytes);
            });
        }
        catch (DatapathException gone) when (gone.Error == Errno.NoEntry)
        {
        }
    }

    /// <summary>Deletes all flows.</summary>
    public void DeleteFlows()
    {
        NetlinkWriter writer = _client.Writer();
        int start = OvsHeader.Begin(
            ref writer, _datapath.Families.Flow, NetlinkFlags.Request, 0, OvsCommand.Delete, OvsFamilyVersion.Flow, _datapath.IfIndex);
        writer.EndMessage(start);
        Ask(writer, "deleting all flows");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _aside?.Dispose();
        _client.Dispose();
    }

    private static T Parsed<T>(OdpParseError error, T? value)
        where T : class =>
        error == OdpParseError.None ? value! : throw new DatapathException($"the datapath answered what cannot be read ({error})");

    /// <summary>Sends the request that was written and shows each message of the answer.</summary>
    private NetlinkResult Ask(in NetlinkWriter writer, string doing, NetlinkAnswerHandler? read = null)
    {
        NetlinkResult result = _client.Ask(writer, read);
        Check(doing, result);
        return result;
    }

    private static void Check(string doing, NetlinkResult result)
    {
        if (!result.Succeeded)
            throw new DatapathException($"{doing}: {result}", result.Error);
    }
}
