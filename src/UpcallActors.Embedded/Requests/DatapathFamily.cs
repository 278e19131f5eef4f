using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>
/// The <c>ovs_datapath</c> family: there is one datapath, it is there, and it stays. Under the datapath's lock.
/// </summary>
internal sealed class DatapathFamily(EmbeddedDatapathOptions options, PacketProcessor processor, DatapathCounters counters)
{
    private const OvsDatapathFeatures Supported =
        OvsDatapathFeatures.Unaligned | OvsDatapathFeatures.VportPids | OvsDatapathFeatures.DispatchUpcallPerCpu;
    private OvsDatapathFeatures _features = OvsDatapathFeatures.Unaligned | OvsDatapathFeatures.DispatchUpcallPerCpu;

    public Errno Handle(EmbeddedRequest request, AnswerQueue answers)
    {
        switch (request.Command)
        {
            case OvsCommand.New:
                return IsThisOne(request) ? Errno.Exists : Errno.NotSupported;
            case OvsCommand.Get:
                return IsThisOne(request) ? Answer(request, answers) : Errno.NoDevice;
            case OvsCommand.Set:
                return IsThisOne(request) ? Set(request, answers) : Errno.NoDevice;
            default:
                return Errno.NotSupported;
        }
    }

    /// <summary>Writes the datapath as a message (<c>ovs_dp_cmd_fill_info</c>).</summary>
    public void Write(byte command, NetlinkFlags flags, uint sequence, ref NetlinkWriter writer)
    {
        int start = OvsHeader.Begin(ref writer, EmbeddedDatapath.FamilyIds.Datapath, flags, sequence, command, OvsFamilyVersion.Datapath,
            options.IfIndex);
        writer.PutString(OvsDatapathAttribute.Name, options.Name);
        var stats = new DatapathStats
        {
            Hit = (ulong)counters.Hits,
            Missed = (ulong)counters.Misses,
            Lost = (ulong)counters.Lost,
            Flows = (ulong)processor.Flows.Count,
            MaskHit = (ulong)counters.MaskHits,
            Masks = (uint)processor.Flows.MaskCount,
        };
        stats.WriteStats(writer.PutReserved(OvsDatapathAttribute.Stats, DatapathStats.Length));
        stats.WriteMegaflowStats(writer.PutReserved(OvsDatapathAttribute.MegaflowStats, DatapathStats.Length));
        writer.PutU32(OvsDatapathAttribute.UserFeatures, (uint)_features);
        writer.EndMessage(start);
    }

    private bool IsThisOne(EmbeddedRequest request) =>
        request.TryFind(OvsDatapathAttribute.Name, out NetlinkAttribute name)
            ? name.Payload.TrimEnd((byte)0).SequenceEqual(System.Text.Encoding.UTF8.GetBytes(options.Name))
            : request.IfIndex == options.IfIndex;

    private Errno Set(EmbeddedRequest request, AnswerQueue answers)
    {
        // A SET without features clears them, as in the kernel; one with features not known changes nothing.
        OvsDatapathFeatures features = request.TryFind(OvsDatapathAttribute.UserFeatures, out NetlinkAttribute wish)
            ? (OvsDatapathFeatures)wish.U32
            : OvsDatapathFeatures.None;
        if ((features & ~Supported) != 0)
            return Errno.NotSupported;
        _features = features;
        return Answer(request, answers);
    }

    private Errno Answer(EmbeddedRequest request, AnswerQueue answers)
    {
        if (request.Command != OvsCommand.Get && !request.WantsEcho)
            return Errno.None;
        NetlinkWriter writer = answers.Writer();
        Write(request.Command, NetlinkFlags.None, request.Sequence, ref writer);
        answers.Append(writer);
        return Errno.None;
    }
}
