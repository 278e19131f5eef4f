using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>A bucket of a group (<c>ofp11_bucket</c>, <c>ofp15_bucket</c>).</summary>
internal sealed record GroupBucket
{
    private const int HeaderLength11 = 16;
    private const int HeaderLength15 = 8;
    private const ushort WeightProperty = 0;
    private const ushort WatchPortProperty = 1;
    private const ushort WatchGroupProperty = 2;

    /// <summary>Its number, since 1.5; before that its place.</summary>
    public uint Id { get; init; }

    /// <summary>Its share, in a group that selects.</summary>
    public ushort Weight { get; init; }

    /// <summary>The port that must be up, <see cref="OpenFlowPorts.None"/> for none.</summary>
    public uint WatchPort { get; init; } = OpenFlowPorts.None;

    /// <summary>The group that must be live, <see cref="FlowChange.AnyGroup"/> for none.</summary>
    public uint WatchGroup { get; init; } = FlowChange.AnyGroup;

    public ActionList Actions { get; init; } = ActionList.Empty;

    /// <summary>Whether it depends on a port or a group.</summary>
    public bool IsWatched => WatchPort != OpenFlowPorts.None || WatchGroup != FlowChange.AnyGroup;

    /// <summary>Whether a layout has buckets as 1.5 has them.</summary>
    public static bool AreAs15(in WireContext context) => context.Version == OpenFlowVersion.V15 || context.IsNicira;

    /// <summary>Reads buckets to the end.</summary>
    public static OpenFlowError? DecodeAll(
        in WireContext context, WireReader body, GroupType groupType, out ImmutableArray<GroupBucket> buckets)
    {
        ImmutableArray<GroupBucket>.Builder read = ImmutableArray.CreateBuilder<GroupBucket>();
        buckets = [];
        var ids = new HashSet<uint>();
        while (body.Left > 0)
        {
            OpenFlowError? error = AreAs15(context)
                ? Decode15(context.Version, ref body, groupType, out GroupBucket bucket)
                : Decode11(context.Version, ref body, (uint)read.Count, out bucket);
            if (error is not null)
                return error;
            if (!ids.Add(bucket.Id))
                return GroupModFailed.BadBucket;
            read.Add(bucket);
        }

        buckets = read.ToImmutable();
        return null;
    }

    /// <summary>Appends buckets.</summary>
    public static void EncodeAll(in WireContext context, WireWriter writer, GroupType groupType, ImmutableArray<GroupBucket> buckets)
    {
        foreach (GroupBucket bucket in buckets)
        {
            if (AreAs15(context))
                bucket.Encode15(context.Version, writer, groupType);
            else
                bucket.Encode11(context.Version, writer);
        }
    }

    private static OpenFlowError? Decode11(OpenFlowVersion version, ref WireReader body, uint id, out GroupBucket bucket)
    {
        bucket = new GroupBucket { Id = id };
        int length = body.U16();
        ushort weight = body.U16();
        uint watchPort = body.U32();
        uint watchGroup = body.U32();
        body.Skip(sizeof(uint));
        if (body.Failed || length < HeaderLength11 || length - HeaderLength11 > body.Left)
            return GroupModFailed.BadBucket;
        var list = new WireReader(body.Take(length - HeaderLength11));
        if (ActionListCodec.Decode(ActionContext.Of(version), list, out ActionList actions) is { } error)
            return error;
        if (!WirePorts.TryNarrow(version, ref watchPort))
            return GroupModFailed.BadWatch;
        bucket = bucket with { Weight = weight, WatchPort = watchPort, WatchGroup = watchGroup, Actions = actions };
        return null;
    }

    private static OpenFlowError? Decode15(OpenFlowVersion version, ref WireReader body, GroupType groupType, out GroupBucket bucket)
    {
        int length = body.U16();
        int actionsLength = body.U16();
        bucket = new GroupBucket { Id = body.U32(), Weight = groupType == GroupType.Select ? (ushort)1 : (ushort)0 };
        if (body.Failed || length < HeaderLength15 || length - HeaderLength15 > body.Left || actionsLength > length - HeaderLength15)
            return GroupModFailed.BadBucket;
        var rest = new WireReader(body.Take(length - HeaderLength15));
        var list = new WireReader(rest.Take(actionsLength));
        if (ActionListCodec.Decode(ActionContext.Of(version), list, out ActionList actions) is { } error)
            return error;
        bucket = bucket with { Actions = actions };
        while (rest.Left > 0)
        {
            if (WireProperty.TryTake(ref rest, out ushort type, out WireReader payload) is { } broken)
                return broken;
            switch (type)
            {
                case WeightProperty:
                    bucket = bucket with { Weight = payload.U16() };
                    break;
                case WatchPortProperty:
                    uint port = payload.U32();
                    if (!WirePorts.TryNarrow(OpenFlowVersion.V15, ref port))
                        return GroupModFailed.BadWatch;
                    bucket = bucket with { WatchPort = port };
                    break;
                case WatchGroupProperty:
                    bucket = bucket with { WatchGroup = payload.U32() };
                    break;
                default:
                    return WireProperty.Unknown(type);
            }

            if (payload.Failed)
                return BadProperty.BadLength;
        }

        return bucket.Id > GroupChange.LargestBucket ? GroupModFailed.BadBucket : null;
    }

    private void Encode11(OpenFlowVersion version, WireWriter writer)
    {
        int start = writer.Length;
        writer.U16(0);
        writer.U16(Weight);
        writer.U32(WirePorts.Widen(WatchPort));
        writer.U32(WatchGroup);
        writer.U32(0);
        ActionListCodec.Encode(new ActionWriting(version), writer, Actions);
        writer.PatchLength(start, start);
    }

    private void Encode15(OpenFlowVersion version, WireWriter writer, GroupType groupType)
    {
        int start = writer.Length;
        writer.U32(0);
        writer.U32(Id);
        int actionsStart = writer.Length;
        ActionListCodec.Encode(new ActionWriting(version), writer, Actions);
        writer.PatchLength(start + sizeof(ushort), actionsStart);
        if (groupType == GroupType.Select || Weight != 0)
            WireProperty.Put16(writer, WeightProperty, Weight);
        if (WatchPort != OpenFlowPorts.None)
            WireProperty.Put32(writer, WatchPortProperty, WirePorts.Widen(WatchPort));
        if (WatchGroup != FlowChange.AnyGroup)
            WireProperty.Put32(writer, WatchGroupProperty, WatchGroup);
        writer.PatchLength(start, start);
    }
}
