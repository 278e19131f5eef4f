using System.Diagnostics;
using UpcallActors.Netlink;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;

namespace UpcallActors.Pipeline;

/// <summary>
/// The span <c>upcall</c>: what an upcall brought, and what was decided. It has a trace of its own, linked to that of its batch, and to the upcall whose packet it is after a
/// recirculation.
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

    /// <summary>Starts it, from the reception of its batch on, with what is known before its requests are sent. Null when nobody wants it after all.</summary>
    public static Activity? Start(Lane lane, UpcallBatch batch, int upcall, SpanReason reason, ActivityContext cause)
    {
        Activity? span = PipelineTelemetry.StartRoot("upcall", ActivityKind.Internal, PipelineTelemetry.TimeOf(batch.ReceivedAt), LinksOf(batch, cause));
        if (span is not { IsAllDataRequested: true })
            return span;
        ref UpcallRecord record = ref batch.Record(upcall);
        span.SetTag("upcall.lane", lane.Handler);
        span.SetTag("upcall.class", UpcallActorsTelemetry.NameOf(record.Class));
        span.SetTag("upcall.sampled_for", SnakeCase.Of(reason.ToString()));
        if (record.Class == UpcallClass.Bad)
        {
            string problem = record.ParseError == OdpParseError.None ? "unusable" : record.ParseError.ToString();
            span.SetTag("error.type", problem);
            span.SetStatus(ActivityStatusCode.Error, problem);
            return span;
        }

        Describe(span, batch, upcall, record);
        return span;
    }

    /// <summary>Adds what came of its requests.</summary>
    public static void DescribeEnd(Activity span, UpcallBatch batch, int upcall)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        if (record.Flow != FlowFate.None)
            span.SetTag("upcall.flow", SnakeCase.Of(record.Flow.ToString()));
        if (!record.IsRefused)
            return;
        if (record.ExecuteErrno != 0)
            span.SetTag("upcall.execute.errno", (int)record.ExecuteErrno);
        if (record.FlowPutErrno != 0)
            span.SetTag("upcall.flow_put.errno", (int)record.FlowPutErrno);
        string error = $"errno {(record.ExecuteErrno != 0 ? record.ExecuteErrno : record.FlowPutErrno)}";
        span.SetTag("error.type", error);
        span.SetStatus(ActivityStatusCode.Error, $"the datapath refused the {(record.ExecuteErrno != 0 ? "EXECUTE" : "flow put")} with {error}");
    }

    /// <summary>Notes where its packet goes, so that the upcall it may make there is linked to this one.</summary>
    public static void RememberRecirculations(RecirculationTraces traces, Activity span, UpcallBatch batch, int upcall)
    {
        List<uint> ids = [];
        ActionComparison.CollectRecirculationIds(batch.Actions(batch.Record(upcall)), ids);
        foreach (uint id in ids)
            traces.Remember(id, batch.Key(upcall).InPort, span.Context);
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

    private static void Describe(Activity span, UpcallBatch batch, int upcall, in UpcallRecord record)
    {
        PacketOrigin origin = record.Message.Origin;
        span.SetTag("upcall.in_port", batch.Key(upcall).InPort);
        span.SetTag("upcall.recirc_id", batch.Key(upcall).RecircId);
        span.SetTag("upcall.packet.size", record.Message.Packet.Length);
        span.SetTag("upcall.mru", origin.Mru);
        span.SetTag("upcall.hash", $"0x{origin.Hash:x}");
        ReadOnlySpan<byte> key = record.Message.Key.Of(batch.Slots.Message(upcall));
        span.SetTag("upcall.key", FlowText.Format(key, [], names: null, verbose: false));
        if (record.Class is not (UpcallClass.Miss or UpcallClass.SlowPath))
            return;
        if (record.DuplicateOf != UpcallRecord.Original)
            span.SetTag("upcall.duplicate", true);
        if (record.Translation == default)
        {
            span.SetTag("error.type", "not translated");
            span.SetStatus(ActivityStatusCode.Error, "not translated");
            return;
        }

        DescribeDecision(span, batch, upcall, record, key);
    }

    private static void DescribeDecision(Activity span, UpcallBatch batch, int upcall, in UpcallRecord record, ReadOnlySpan<byte> key)
    {
        int masked = record.DuplicateOf == UpcallRecord.Original ? upcall : record.DuplicateOf;
        var mask = new NetlinkWriter(new byte[MaxMask]);
        OvsFlowKeyWriter.WriteMask(batch.Key(upcall), batch.Mask(masked), ref mask);
        span.SetTag("upcall.megaflow", FlowText.Format(key, mask.Written, names: null, verbose: false));
        span.SetTag("upcall.actions", ActionText.Format(batch.Actions(record), names: null));
        if (RequestWriter.ClampsMru(record))
            span.SetTag("upcall.mru.limit", record.Translation.MruLimit);
        if (record.Translation.Error == XlateError.None)
            return;
        span.SetTag("error.type", record.Translation.Error.ToString());
        span.SetStatus(ActivityStatusCode.Error, $"translation ended with {record.Translation.Error}");
    }
}
