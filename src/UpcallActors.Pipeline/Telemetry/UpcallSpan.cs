using System.Diagnostics;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>
/// The span <c>upcall</c>: what an upcall brought, and what was decided. It has its own trace, linked to that of its batch, and to the
/// upcall whose packet it is after a recirculation.
/// </summary>
internal static class UpcallSpan
{
    /// <summary>Room for a mask's attributes: twice a <see cref="FlowKey"/>, which all its fields' headers do not fill.</summary>
    private const int MaxMask = 2 * FlowKey.WordCount * sizeof(ulong);

    /// <summary>Whether it came to nothing, as far as is known before its requests are sent.</summary>
    public static bool HasFailed(in UpcallRecord record) =>
        record.Class == UpcallClass.Bad
        || record.Translation.Error != XlateError.None
        || (record.Class is UpcallClass.Miss or UpcallClass.SlowPath && record.Progress == UpcallProgress.Done);

    /// <summary>Starts it, from the reception of its batch on. Null if it is not wanted after all.</summary>
    public static Activity? Start(Lane lane, UpcallBatch batch, int upcall, SpanReason reason, ActivityContext cause)
    {
        Activity? span = SpanSource.StartRoot("upcall", ActivityKind.Internal, SpanSource.TimeOf(batch.ReceivedAt), LinksOf(batch, cause));
        span?.SetTag("upcall.lane", lane.Handler);
        span?.SetTag("upcall.class", UpcallActorsTelemetry.NameOf(batch.Record(upcall).Class));
        span?.SetTag("upcall.sampled_for", SnakeCase.Of(reason.ToString()));
        return span;
    }

    /// <summary>Adds what it brought, what was decided, and what came of its requests, which the datapath has handled.</summary>
    public static void Describe(Activity span, UpcallBatch batch, int upcall, IUpcallPortNames? names)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        if (record.Class == UpcallClass.Bad)
        {
            Fail(span, record.ParseError == OdpParseError.None ? "unusable" : record.ParseError.ToString(), "the message cannot be used");
            return;
        }

        ReadOnlySpan<byte> key = record.Message.Key.Of(batch.Slots.Message(upcall));
        DescribeUpcall(span, batch.Key(upcall), record, key);
        if (batch.SharedFrom(upcall) != UpcallRecord.None)
            span.SetTag("upcall.duplicate", true);
        DescribePort(span, names?.Find(batch.Key(upcall)));
        if (record.Class is not (UpcallClass.Miss or UpcallClass.SlowPath))
            return;
        if (!record.IsTranslated)
        {
            Fail(span, "not translated", "the translator failed");
            return;
        }

        DescribeDecision(span, batch, upcall, record, key, names);
        DescribeOutcome(span, record);
    }

    /// <summary>Notes where its packet goes, so that the upcall it may make there is linked to this one.</summary>
    public static void RememberRecirculations(RecirculationTraces traces, Activity span, UpcallBatch batch, int upcall)
    {
        List<uint> ids = [];
        ActionComparison.CollectRecirculationIds(batch.Actions(batch.Record(upcall)), ids);
        foreach (uint id in ids)
            traces.Remember(id, batch.Key(upcall).DatapathPort, span.Context);
    }

    private static List<ActivityLink> LinksOf(UpcallBatch batch, ActivityContext cause)
    {
        List<ActivityLink> links = [];
        if (batch.Trace is { } trace)
            links.Add(new ActivityLink(trace.Context, new ActivityTagsCollection { ["upcall.link"] = "batch" }));
        if (cause != default)
            links.Add(new ActivityLink(cause, new ActivityTagsCollection { ["upcall.link"] = "recirculation" }));
        return links;
    }

    private static void DescribeUpcall(Activity span, in FlowKey key, in UpcallRecord record, ReadOnlySpan<byte> keyBytes)
    {
        PacketOrigin origin = record.Message.Origin;
        span.SetTag("upcall.in_port", key.DatapathPort);
        span.SetTag("upcall.recirc_id", key.RecircId);
        span.SetTag("upcall.packet.size", record.Message.Packet.Length);
        span.SetTag("upcall.mru", origin.Mru);
        span.SetTag("upcall.hash", $"0x{origin.Hash:x}");
        span.SetTag("upcall.key", FlowText.Format(keyBytes, [], names: null, verbose: true));
    }

    private static void DescribePort(Activity span, UpcallPort? port)
    {
        if (port is not { } named)
            return;
        span.SetTag("upcall.in_port.name", named.Name);
        span.SetTag("upcall.bridge", named.Bridge);
    }

    private static void DescribeDecision(
        Activity span, UpcallBatch batch, int upcall, in UpcallRecord record, ReadOnlySpan<byte> key, IUpcallPortNames? names)
    {
        short shared = batch.SharedFrom(upcall);
        var mask = new NetlinkWriter(new byte[MaxMask]);
        OvsFlowKeyWriter.WriteMask(batch.Key(upcall), batch.Mask(shared == UpcallRecord.None ? upcall : shared), ref mask);
        span.SetTag("upcall.megaflow", FlowText.Format(key, mask.Written, names: null, verbose: false));
        span.SetTag("upcall.actions", ActionText.Format(batch.Actions(record), names: null));
        if (names is not null)
            span.SetTag("upcall.actions.named", ActionText.Format(batch.Actions(record), names));
        if (record.ClampsMru)
            span.SetTag("upcall.mru.limit", record.Translation.MruLimit);
        if (record.Translation.Error != XlateError.None)
            Fail(span, record.Translation.Error.ToString(), "the translation ended with an error");
    }

    private static void DescribeOutcome(Activity span, in UpcallRecord record)
    {
        if (record.Flow != FlowFate.None)
            span.SetTag("upcall.flow", SnakeCase.Of(record.Flow.ToString()));
        if (record.FlowPutError != Errno.None)
        {
            span.SetTag("upcall.flow_put.errno", (int)record.FlowPutError);
            Fail(span, $"errno {(int)record.FlowPutError}", "the datapath refused the flow put");
        }

        if (record.ExecuteError != Errno.None)
        {
            span.SetTag("upcall.execute.errno", (int)record.ExecuteError);
            Fail(span, $"errno {(int)record.ExecuteError}", "the datapath refused the EXECUTE");
        }
    }

    private static void Fail(Activity span, string type, string description)
    {
        span.SetTag("error.type", type);
        span.SetStatus(ActivityStatusCode.Error, description);
    }
}
