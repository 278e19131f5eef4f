using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>
/// Says what requests the datapath refused, at warning, and what it took, at debug, in the words of Open vSwitch
/// (<c>log_execute_message</c> and <c>log_flow_message</c> in
/// lib/dpif.c) and no more often than there. Probes do not come by here. Costs the packet path one question per send
/// while debug is off. Thread-safe; one for all of a pipeline.
/// </summary>
internal sealed partial class RequestLog
{
    /// <summary>The log's category: the name that Open vSwitch's module has.</summary>
    public const string Category = "dpif";

    private readonly ILogger _logger;
    private readonly string _datapath;
    private readonly IUpcallTranslatorFactory _translators;
    private readonly TimeProvider _time;
    private readonly LogRate _errors;
    private readonly LogRate _messages;

    public RequestLog(ILogger logger, IDatapath datapath, IUpcallTranslatorFactory translators, TimeProvider time, Func<bool>? isLimited)
    {
        _logger = logger;
        _datapath = datapath.FullName;
        _translators = translators;
        _time = time;
        _errors = new LogRate(time, perMinute: 60, burst: 5, isLimited);
        _messages = new LogRate(time, perMinute: 600, burst: 600, isLimited);
    }

    /// <summary>Whether requests that the datapath took are to be said, too.</summary>
    public bool ShowsTaken => _logger.IsEnabled(LogLevel.Debug);

    /// <summary>Says what came of the EXECUTE of an upcall; its message may have been turned into the request.</summary>
    public void Execute(UpcallBatch batch, int upcall, Errno error)
    {
        if (!MayLog(error, error != Errno.None))
            return;
        ref UpcallRecord record = ref batch.Record(upcall);
        ReadOnlySpan<byte> message = batch.Slots.Message(upcall);
        string actions = ActionText.Format(batch.Actions(record), names: null);
        string packet = PacketOf(batch.Key(upcall));
        string metadata = MetadataOf(record.Message.Key.Of(message));
        int mru = record.ExecuteMru;
        if (error == Errno.None)
            Executed(_logger, _datapath, actions, packet, metadata, mru);
        else
            ExecuteRefused(_logger, _datapath, actions, TextOf(error), packet, metadata, mru);
    }

    /// <summary>
    /// Says what came of a flow request. EEXIST is no failure: packets of one flow that came at once each bring it
    /// (<c>flow_message_log_level</c>).
    /// </summary>
    public void Flow(ReadOnlySpan<byte> request, Errno error)
    {
        if (!MayLog(error, error is not (Errno.None or Errno.Exists)))
            return;
        if (FlowMessage.TryParse(request, out FlowMessage flow) != OdpParseError.None)
            return;
        string text = FlowOf(flow, request);
        string operation = OperationOf(flow.Command);
        if (error == Errno.None)
            FlowTaken(_logger, _datapath, operation, text);
        else if (error == Errno.Exists)
            FlowExists(_logger, _datapath, operation, TextOf(error), text);
        else
            FlowRefused(_logger, _datapath, operation, TextOf(error), text);
    }

    private bool MayLog(Errno error, bool isFailure)
    {
        LogLevel level = isFailure ? LogLevel.Warning : LogLevel.Debug;
        if (!_logger.IsEnabled(level) || !(error == Errno.None ? _messages : _errors).TryTake(out UnsaidLines unsaid))
            return false;
        if (unsaid.Count == 0)
            return true;
        long first = SecondsSince(unsaid.First);
        long last = SecondsSince(unsaid.Last);
        NotSaid(_logger, level, unsaid.Count, first, last);
        return true;
    }

    private long SecondsSince(long stamp) => (long)_time.GetElapsedTime(stamp).TotalSeconds;

    /// <summary>The packet's own fields, as <c>flow_extract</c> finds them in it.</summary>
    private string PacketOf(in FlowKey key) => _translators.TextOf(PacketMetadata.Without(key));

    private static string MetadataOf(ReadOnlySpan<byte> key)
    {
        var metadata = new NetlinkWriter(new byte[key.Length]);
        PacketMetadata.Write(key, ref metadata);
        return FlowText.Format(metadata.Written, [], names: null, verbose: true);
    }

    private static string FlowOf(in FlowMessage flow, ReadOnlySpan<byte> request)
    {
        string ufid = flow.Ufid is { } id ? $"ufid:{id} " : "";
        ReadOnlySpan<byte> mask = flow.Mask.IsPresent ? flow.Mask.Of(request) : [];
        string match = flow.Key.IsPresent ? FlowText.Format(flow.Key.Of(request), mask, names: null, verbose: true) : "";
        string actions = flow.Actions.IsPresent ? $", actions:{ActionText.Format(flow.Actions.Of(request), names: null)}" : "";
        return ufid + match + actions;
    }

    private static string OperationOf(byte command) => command switch
    {
        OvsCommand.New => "put[create]",
        OvsCommand.Set => "put[modify]",
        OvsCommand.Delete => "flow_del",
        _ => "flow_get",
    };

    private static string TextOf(Errno error) => Marshal.GetPInvokeErrorMessage((int)error);

    [LoggerMessage(
        600, LogLevel.Warning, "{Datapath}: execute {Actions} failed ({Error}) on packet {Packet} with metadata {Metadata} mtu {Mru}")]
    private static partial void ExecuteRefused(
        ILogger logger, string datapath, string actions, string error, string packet, string metadata, int mru);

    [LoggerMessage(601, LogLevel.Debug, "{Datapath}: execute {Actions} on packet {Packet} with metadata {Metadata} mtu {Mru}")]
    private static partial void Executed(ILogger logger, string datapath, string actions, string packet, string metadata, int mru);

    [LoggerMessage(602, LogLevel.Warning, "{Datapath}: failed to {Operation} ({Error}) {Flow}")]
    private static partial void FlowRefused(ILogger logger, string datapath, string operation, string error, string flow);

    [LoggerMessage(603, LogLevel.Debug, "{Datapath}: failed to {Operation} ({Error}) {Flow}")]
    private static partial void FlowExists(ILogger logger, string datapath, string operation, string error, string flow);

    [LoggerMessage(604, LogLevel.Debug, "{Datapath}: {Operation} {Flow}")]
    private static partial void FlowTaken(ILogger logger, string datapath, string operation, string flow);

    [LoggerMessage(
        EventId = 605,
        Message = "Dropped {Count} log messages in last {First} seconds (most recently, {Last} seconds ago) due to excessive rate")]
    private static partial void NotSaid(ILogger logger, LogLevel level, long count, long first, long last);
}
