using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>The <c>ovs_meter</c> family. Under the datapath's lock.</summary>
internal sealed class MeterFamily(EmbeddedDatapathOptions options, PacketProcessor processor)
{
    public Errno Handle(EmbeddedRequest request, AnswerQueue answers)
    {
        switch (request.Command)
        {
            case OvsMeterCommand.Features:
                AnswerFeatures(request, answers);
                return Errno.None;
            case OvsMeterCommand.Set:
                return Set(request, answers);
            case OvsMeterCommand.Get:
                return Get(request, answers, remove: false);
            case OvsMeterCommand.Delete:
                return Get(request, answers, remove: true);
            default:
                return Errno.NotSupported;
        }
    }

    private Errno Set(EmbeddedRequest request, AnswerQueue answers)
    {
        Errno error = DatapathMeter.TryRead(request.Attributes, options.Clock.Milliseconds, out DatapathMeter? meter);
        if (meter is null)
            return error;
        DatapathMeter? old = processor.Meters.Find(meter.Id);
        if (!processor.Meters.TrySet(meter))
            return Errno.NoSpace;
        Answer(request, old, meter.Id, answers);
        return Errno.None;
    }

    private Errno Get(EmbeddedRequest request, AnswerQueue answers, bool remove)
    {
        if (!request.TryFind(OvsMeterAttribute.Id, out NetlinkAttribute id))
            return Errno.Invalid;
        DatapathMeter? meter = processor.Meters.Find(id.U32);
        if (meter is null && !remove)
            return Errno.NoEntry;
        Answer(request, meter, id.U32, answers);
        if (remove)
            processor.Meters.Remove(id.U32);
        return Errno.None;
    }

    /// <summary>Answers with what a meter has counted, or with its id alone where there is none.</summary>
    private void Answer(EmbeddedRequest request, DatapathMeter? meter, uint id, AnswerQueue answers)
    {
        NetlinkWriter writer = answers.Writer();
        int start = Begin(request, ref writer);
        if (meter is not null)
            meter.Write(ref writer);
        else
            writer.PutU32(OvsMeterAttribute.Id, id);
        writer.EndMessage(start);
        answers.Append(writer);
    }

    private void AnswerFeatures(EmbeddedRequest request, AnswerQueue answers)
    {
        NetlinkWriter writer = answers.Writer();
        int start = Begin(request, ref writer);
        writer.PutU32(OvsMeterAttribute.MaxMeters, MeterTable.MaximumMeters);
        writer.PutU32(OvsMeterAttribute.MaxBands, DatapathMeter.MaximumBands);
        int bands = writer.BeginNest(OvsMeterAttribute.Bands);
        int band = writer.BeginNest(0);
        writer.PutU32(OvsBandAttribute.Type, DatapathMeter.DropBand);
        writer.EndNest(band);
        writer.EndNest(bands);
        writer.EndMessage(start);
        answers.Append(writer);
    }

    private int Begin(EmbeddedRequest request, ref NetlinkWriter writer) =>
        OvsHeader.Begin(ref writer, EmbeddedDatapath.FamilyIds.Meter, NetlinkFlags.None, request.Sequence, request.Command,
            OvsFamilyVersion.Meter, options.IfIndex);
}
