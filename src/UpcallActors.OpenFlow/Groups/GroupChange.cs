using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>One change to the groups of a bridge: what <c>OFPT_GROUP_MOD</c> says, or a line of <c>ovs-ofctl</c>'s.</summary>
internal sealed record GroupChange
{
    /// <summary>The last number that a group can have (<c>OFPG_MAX</c>).</summary>
    public const uint LargestGroup = 0xffffff00;

    /// <summary>All groups, where they are deleted or asked for (<c>OFPG_ALL</c>).</summary>
    public const uint AllGroups = 0xfffffffc;

    /// <summary>The last number that a bucket can have.</summary>
    public const uint LargestBucket = 0xffffff00;

    /// <summary>The place before all buckets, or the first of them.</summary>
    public const uint FirstBucket = 0xfffffffd;

    /// <summary>The place behind all buckets, or the last of them.</summary>
    public const uint LastBucket = 0xfffffffe;

    /// <summary>All buckets, and no bucket in particular.</summary>
    public const uint AllBuckets = 0xffffffff;

    /// <summary>What is done.</summary>
    public GroupCommand Command { get; init; }

    /// <summary>The group's type; of no meaning for a deletion and for commands on buckets.</summary>
    public GroupType Type { get; init; }

    /// <summary>The group's number.</summary>
    public uint Id { get; init; }

    /// <summary>The bucket that a command on buckets is about.</summary>
    public uint CommandBucketId { get; init; } = AllBuckets;

    /// <summary>The buckets that are given.</summary>
    public ImmutableArray<GroupBucket> Buckets { get; init; } = [];

    /// <summary>How a bucket is selected, if that is said.</summary>
    public GroupSelection? Selection { get; init; }

    /// <summary>What of it cannot go together, whatever groups there are (<c>ofputil_check_group_mod</c>).</summary>
    public OpenFlowError? FindMisfit()
    {
        if (Type == GroupType.Indirect && Command != GroupCommand.Delete && Buckets.Length != 1)
            return GroupModFailed.InvalidGroup;
        if (Type > GroupType.FastFailover)
            return GroupModFailed.BadType;
        if (Command is > GroupCommand.InsertBucket and not (GroupCommand.RemoveBucket or GroupCommand.AddOrModify))
            return GroupModFailed.BadCommand;
        if (Command == GroupCommand.RemoveBucket && !Buckets.IsEmpty)
            return GroupModFailed.BadBucket;
        foreach (GroupBucket bucket in Buckets)
        {
            if (bucket.Weight != 0 && Type != GroupType.Select && Command != GroupCommand.InsertBucket)
                return GroupModFailed.InvalidGroup;
            if (Type is GroupType.All or GroupType.Indirect && bucket.IsWatched)
                return GroupModFailed.WatchUnsupported;
            if (Type == GroupType.FastFailover && !bucket.IsWatched)
                return GroupModFailed.InvalidGroup;
        }

        return null;
    }
}
