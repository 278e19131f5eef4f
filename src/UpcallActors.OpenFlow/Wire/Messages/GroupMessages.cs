using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>Changes a group (<c>OFPT_GROUP_MOD</c>, <c>NXT_GROUP_MOD</c>).</summary>
internal sealed record GroupModMessage : OpenFlowMessage, IWireDecoder<GroupModMessage>
{
    /// <summary>A group that selects one of its buckets.</summary>
    internal const byte Select = 1;

    private const byte All = 0;
    private const byte Indirect = 2;
    private const byte FastFailover = 3;
    private const ushort DeleteCommand = 2;
    private const ushort InsertBucketCommand = 3;
    private const ushort RemoveBucketCommand = 5;
    private const ushort AddOrModifyCommand = 0x8000;
    private const uint LargestBucket = 0xffffff00;
    private const uint FirstBucket = 0xfffffffd;
    private const uint LastBucket = 0xfffffffe;
    private const uint AllBuckets = 0xffffffff;

    /// <summary>0 adds, 1 changes, 2 deletes, 3 inserts buckets, 5 removes buckets, 0x8000 adds or changes.</summary>
    public ushort Command { get; init; }

    /// <summary>0 all, 1 select, 2 indirect, 3 fast failover.</summary>
    public byte Type { get; init; }

    public uint Id { get; init; }

    /// <summary>The bucket that a command on buckets is about.</summary>
    public uint CommandBucketId { get; init; } = AllBuckets;

    public ImmutableArray<GroupBucket> Buckets { get; init; } = [];

    public GroupSelection? Selection { get; init; }

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out GroupModMessage? message)
    {
        message = null;
        ushort command = body.U16();
        byte type = body.U8();
        body.Skip(1);
        var read = new GroupModMessage { Command = command, Type = type, Id = body.U32() };
        OpenFlowError? error = GroupBucket.AreAs15(context)
            ? DecodeRest15(context, ref body, ref read)
            : DecodeRest11(context, ref body, ref read);
        if ((error ?? read.FindMisfit()) is { } refused)
            return refused;
        message = read;
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U16(Command);
        writer.U8(Type);
        writer.Zero(1);
        writer.U32(Id);
        if (!GroupBucket.AreAs15(context))
        {
            GroupBucket.EncodeAll(context, writer, Type, Buckets);
            return;
        }

        int lengthAt = writer.Length;
        writer.U32(0);
        writer.U32(CommandBucketId);
        int start = writer.Length;
        GroupBucket.EncodeAll(context, writer, Type, Buckets);
        writer.PatchLength(lengthAt, start);
        Selection?.Encode(writer);
    }

    private static OpenFlowError? DecodeRest11(in WireContext context, ref WireReader body, ref GroupModMessage read)
    {
        var list = new WireReader(body.TakeRest());
        if (GroupBucket.DecodeAll(context, list, read.Type, out ImmutableArray<GroupBucket> buckets) is { } error)
            return error;
        read = read with { Buckets = buckets };
        return context.Version >= OpenFlowVersion.V13 && read.Command == DeleteCommand && !buckets.IsEmpty
            ? GroupModFailed.InvalidGroup
            : null;
    }

    private static OpenFlowError? DecodeRest15(in WireContext context, ref WireReader body, ref GroupModMessage read)
    {
        int length = body.U16();
        body.Skip(sizeof(ushort));
        uint bucket = body.U32();
        bool isOne = bucket is <= LargestBucket or FirstBucket or LastBucket;
        bool fits = read.Command switch
        {
            InsertBucketCommand => isOne,
            RemoveBucketCommand => isOne || bucket == AllBuckets,
            _ => bucket == AllBuckets,
        };
        if (!fits)
            return GroupModFailed.BadBucket;
        if (length > body.Left)
            return BadRequest.BadLength;
        var list = new WireReader(body.Take(length));
        if (GroupBucket.DecodeAll(context, list, read.Type, out ImmutableArray<GroupBucket> buckets) is { } badBucket)
            return badBucket;
        OpenFlowError? error = GroupSelection.Decode(new WireReader(body.TakeRest()), out GroupSelection? selection);
        read = read with { CommandBucketId = bucket, Buckets = buckets, Selection = selection };
        return error;
    }

    /// <summary>What of it cannot go together, whatever groups there are (<c>ofputil_check_group_mod</c>).</summary>
    private OpenFlowError? FindMisfit()
    {
        if (Type == Indirect && Command != DeleteCommand && Buckets.Length != 1)
            return GroupModFailed.InvalidGroup;
        if (Type > FastFailover)
            return GroupModFailed.BadType;
        if (Command is > InsertBucketCommand and not (RemoveBucketCommand or AddOrModifyCommand))
            return GroupModFailed.BadCommand;
        if (Command == RemoveBucketCommand && !Buckets.IsEmpty)
            return GroupModFailed.BadBucket;
        foreach (GroupBucket bucket in Buckets)
        {
            if (bucket.Weight != 0 && Type != Select && Command != InsertBucketCommand)
                return GroupModFailed.InvalidGroup;
            if (Type is All or Indirect && bucket.IsWatched)
                return GroupModFailed.WatchUnsupported;
            if (Type == FastFailover && !bucket.IsWatched)
                return GroupModFailed.InvalidGroup;
        }

        return null;
    }
}

/// <summary>A group as it is (<c>OFPMP_GROUP_DESC</c>).</summary>
internal sealed record GroupDescription(byte Type, uint Id, ImmutableArray<GroupBucket> Buckets, GroupSelection? Selection)
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
        byte type = body.U8();
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
        OpenFlowError? badProperty = GroupSelection.Decode(rest, out GroupSelection? selection);
        message = new GroupDescription(type, id, buckets, selection);
        return badProperty;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        bool is15 = GroupBucket.AreAs15(context);
        writer.U16(0);
        writer.U8(Type);
        writer.Zero(1);
        writer.U32(Id);
        int lengthAt = writer.Length;
        writer.Zero(is15 ? sizeof(ushort) + Padding15 : 0);
        int list = writer.Length;
        GroupBucket.EncodeAll(context, writer, Type, Buckets);
        if (is15)
        {
            writer.PatchLength(lengthAt, list);
            Selection?.Encode(writer);
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
        bool hasDuration = context.Version >= OpenFlowVersion.V13;
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
        if (context.Version >= OpenFlowVersion.V13)
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
}
