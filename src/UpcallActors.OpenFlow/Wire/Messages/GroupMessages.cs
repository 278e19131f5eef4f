using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>Changes a group (<c>OFPT_GROUP_MOD</c>, <c>NXT_GROUP_MOD</c>).</summary>
/// <param name="Change">What is changed.</param>
internal sealed record GroupModMessage(GroupChange Change) : OpenFlowMessage, IWireDecoder<GroupModMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out GroupModMessage? message)
    {
        message = null;
        var command = (GroupCommand)body.U16();
        var type = (GroupType)body.U8();
        body.Skip(1);
        var read = new GroupChange { Command = command, Type = type, Id = body.U32() };
        OpenFlowError? error = GroupBucket.AreAs15(context)
            ? DecodeRest15(context, ref body, ref read)
            : DecodeRest11(context, ref body, ref read);
        if ((error ?? read.FindMisfit()) is { } refused)
            return refused;
        message = new GroupModMessage(read);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U16((ushort)Change.Command);
        writer.U8((byte)Change.Type);
        writer.Zero(1);
        writer.U32(Change.Id);
        if (!GroupBucket.AreAs15(context))
        {
            GroupBucket.EncodeAll(context, writer, Change.Type, Change.Buckets);
            return;
        }

        int lengthAt = writer.Length;
        writer.U32(0);
        writer.U32(Change.CommandBucketId);
        int start = writer.Length;
        GroupBucket.EncodeAll(context, writer, Change.Type, Change.Buckets);
        writer.PatchLength(lengthAt, start);
        if (Change.Selection is { } selection)
            GroupSelectionCodec.Encode(context.Version, writer, selection);
    }

    private static OpenFlowError? DecodeRest11(in WireContext context, ref WireReader body, ref GroupChange read)
    {
        var list = new WireReader(body.TakeRest());
        if (GroupBucket.DecodeAll(context, list, read.Type, out ImmutableArray<GroupBucket> buckets) is { } error)
            return error;
        read = read with { Buckets = buckets };
        return context.Version >= OpenFlowVersion.V13 && read.Command == GroupCommand.Delete && !buckets.IsEmpty
            ? GroupModFailed.InvalidGroup
            : null;
    }

    private static OpenFlowError? DecodeRest15(in WireContext context, ref WireReader body, ref GroupChange read)
    {
        int length = body.U16();
        body.Skip(sizeof(ushort));
        uint bucket = body.U32();
        bool isOne = bucket is <= GroupChange.LargestBucket or GroupChange.FirstBucket or GroupChange.LastBucket;
        bool fits = read.Command switch
        {
            GroupCommand.InsertBucket => isOne,
            GroupCommand.RemoveBucket => isOne || bucket == GroupChange.AllBuckets,
            _ => bucket == GroupChange.AllBuckets,
        };
        if (!fits)
            return GroupModFailed.BadBucket;
        if (length > body.Left)
            return BadRequest.BadLength;
        var list = new WireReader(body.Take(length));
        if (GroupBucket.DecodeAll(context, list, read.Type, out ImmutableArray<GroupBucket> buckets) is { } badBucket)
            return badBucket;
        var properties = new WireReader(body.TakeRest());
        OpenFlowError? error = GroupSelectionCodec.Decode(properties, read.Type, read.Command, out GroupSelection? selection);
        read = read with { CommandBucketId = bucket, Buckets = buckets, Selection = selection };
        return error;
    }
}

/// <summary>A group as it is (<c>OFPMP_GROUP_DESC</c>).</summary>
internal sealed record GroupDescription(GroupType Type, uint Id, ImmutableArray<GroupBucket> Buckets, GroupSelection? Selection)
    : IWireDecoder<GroupDescription>, IWireEntry
{
    private const int HeaderLength11 = 8;
    private const int HeaderLength15 = 16;
    private const int Padding15 = 6;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out GroupDescription? message)
    {
        message = null;
        bool is15 = GroupBucket.AreAs15(context);
        int length = body.U16();
        var type = (GroupType)body.U8();
        body.Skip(1);
        uint id = body.U32();
        int header = is15 ? HeaderLength15 : HeaderLength11;
        if (body.Failed || length < header || length - HeaderLength11 > body.Left)
            return BadRequest.BadLength;
        var rest = new WireReader(body.Take(length - HeaderLength11));
        int listLength = is15 ? rest.U16() : rest.Left;
        rest.Skip(is15 ? Padding15 : 0);
        var list = new WireReader(rest.Take(listLength));
        if (rest.Failed)
            return BadRequest.BadLength;
        if (GroupBucket.DecodeAll(context, list, type, out ImmutableArray<GroupBucket> buckets) is { } error)
            return error;
        OpenFlowError? badProperty = GroupSelectionCodec.Decode(rest, type, GroupCommand.Add, out GroupSelection? selection);
        message = new GroupDescription(type, id, buckets, selection);
        return badProperty;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        bool is15 = GroupBucket.AreAs15(context);
        writer.U16(0);
        writer.U8((byte)Type);
        writer.Zero(1);
        writer.U32(Id);
        int lengthAt = writer.Length;
        writer.Zero(is15 ? sizeof(ushort) + Padding15 : 0);
        int list = writer.Length;
        GroupBucket.EncodeAll(context, writer, Type, Buckets);
        if (is15)
        {
            writer.PatchLength(lengthAt, list);
            if (Selection is { } selection)
                GroupSelectionCodec.Encode(context.Version, writer, selection);
        }

        writer.PatchLength(start, start);
    }
}

/// <summary>What a bucket of a group counted.</summary>
internal readonly record struct BucketCounters(ulong Packets, ulong Bytes);

/// <summary>What a group counted (<c>OFPMP_GROUP</c>).</summary>
internal sealed record GroupStatistics(
    uint Id,
    uint References,
    ulong Packets,
    ulong Bytes,
    uint DurationSeconds,
    uint DurationNanoseconds,
    ImmutableArray<BucketCounters> Buckets)
    : IWireDecoder<GroupStatistics>, IWireEntry
{
    private const int Length11 = 32;
    private const int Length13 = 40;
    private const int BucketLength = 16;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out GroupStatistics? message)
    {
        message = null;
        bool hasDuration = HasDuration(context.Version);
        int header = hasDuration ? Length13 : Length11;
        int length = body.U16();
        body.Skip(2);
        uint id = body.U32();
        uint references = body.U32();
        body.Skip(4);
        ulong packets = body.U64();
        ulong bytes = body.U64();
        uint seconds = hasDuration ? body.U32() : 0;
        uint nanoseconds = hasDuration ? body.U32() : 0;
        if (length < header || (length - header) % BucketLength != 0)
            return BadRequest.BadLength;
        var rest = new WireReader(body.Take(length - header));
        ImmutableArray<BucketCounters>.Builder buckets = ImmutableArray.CreateBuilder<BucketCounters>();
        while (rest.Left > 0)
            buckets.Add(new BucketCounters(rest.U64(), rest.U64()));
        message = new GroupStatistics(id, references, packets, bytes, seconds, nanoseconds, buckets.ToImmutable());
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        writer.U32(0);
        writer.U32(Id);
        writer.U32(References);
        writer.U32(0);
        writer.U64(Packets);
        writer.U64(Bytes);
        if (HasDuration(context.Version))
        {
            writer.U32(DurationSeconds);
            writer.U32(DurationNanoseconds);
        }

        foreach (BucketCounters bucket in Buckets)
        {
            writer.U64(bucket.Packets);
            writer.U64(bucket.Bytes);
        }

        writer.PatchLength(start, start);
    }

    /// <summary>Nicira's extension of 1.0 has it, too (<c>ofputil_append_group_stats</c>).</summary>
    private static bool HasDuration(OpenFlowVersion version) => version is not (OpenFlowVersion.V11 or OpenFlowVersion.V12);
}
