using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// A group of a bridge. What it says never changes, a change makes another; its counters do, and the versions of the tables in which it is.
/// </summary>
internal sealed class Group
{
    private ulong _removed = ulong.MaxValue;

    /// <summary>A group as a change says it.</summary>
    public Group(uint id, GroupType type, ImmutableArray<GroupBucket> buckets, GroupSelection? selection)
    {
        Id = id;
        Type = type;
        Selection = selection;
        Buckets = [.. buckets.Select(bucket => new Bucket(bucket))];
        if (type != GroupType.Select || selection is { Method: GroupSelection.Hash })
            return;
        DatapathHash = BucketMap.TryMake(buckets);
    }

    /// <summary>Its number, up to <see cref="GroupChange.LargestGroup"/>.</summary>
    public uint Id { get; }

    /// <summary>Which of its buckets packets are given to.</summary>
    public GroupType Type { get; }

    /// <summary>Its buckets in their order.</summary>
    public ImmutableArray<Bucket> Buckets { get; }

    /// <summary>How a bucket is selected; null if the switch chooses how.</summary>
    public GroupSelection? Selection { get; }

    /// <summary>
    /// Which bucket each value of some bits of the datapath's hash stands for; null where packets are not selected like that: by order of
    /// the group, or because the weights do not fit.
    /// </summary>
    public BucketMap? DatapathHash { get; }

    /// <summary>Packets that it was given.</summary>
    public RuleCounters Counters { get; } = new();

    /// <summary>When it was added, by the clock of its tables; a modification does not count.</summary>
    internal TimeSpan Created { get; init; }

    /// <summary>The group of its number that was there before it, for readers of versions that have that.</summary>
    internal Group? Older
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>The first version of its tables that has it.</summary>
    internal ulong Added { get; init; }

    /// <summary>The first version that has it no more, the highest number while it stays (<see cref="Rule.Removed"/>).</summary>
    internal ulong Removed
    {
        get => Volatile.Read(ref _removed);
        set => Volatile.Write(ref _removed, value);
    }

    /// <summary>Whether it stays, as far as its tables' writer has come.</summary>
    internal bool IsLive => Removed == ulong.MaxValue;

    /// <summary>Whether a version of its tables has it.</summary>
    internal bool IsIn(ulong version) => Added <= version && version < Removed;

    /// <summary>A bucket, as it was given and as it is done.</summary>
    internal sealed class Bucket(GroupBucket given)
    {
        /// <summary>As it was given.</summary>
        public GroupBucket Given => given;

        /// <summary>Its actions in the order in which they are done.</summary>
        public ActionList Actions { get; } = ActionSet.Order(given.Actions);

        /// <summary>Packets that it was given.</summary>
        public RuleCounters Counters { get; } = new();
    }
}
