using System.Collections.Concurrent;
using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The groups of a bridge, under the versions of its <see cref="FlowTables"/>, whose writer's they are to change. A reader of a version
/// finds each group as that version has it, and never waits: a new group is put before the one of its number that is there, and that one
/// stays behind it until no reader can name a version that has it.
/// </summary>
internal sealed class GroupTable
{
    private readonly ConcurrentDictionary<uint, Group> _newest = new();
    private int _count;

    /// <summary>The number of groups, as far as the writer has come.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The group as a version has it; null if it has none. For any thread that has announced the version.</summary>
    public Group? Find(uint id, ulong version)
    {
        Group? group = _newest.GetValueOrDefault(id);
        while (group is not null && !group.IsIn(version))
            group = group.Older;
        return group;
    }

    /// <summary>The group as the writer has it by now.</summary>
    public Group? Find(uint id) => _newest.GetValueOrDefault(id) is { IsLive: true } group ? group : null;

    /// <summary>The groups as the writer has them by now, by number.</summary>
    public ImmutableArray<Group> All => [.. _newest.Values.Where(group => group.IsLive).OrderBy(group => group.Id)];

    /// <summary>
    /// What becomes of the group that a change is about, which is no deletion; what is wrong with the change, if anything. Nothing is
    /// changed yet.
    /// </summary>
    /// <param name="change">The change.</param>
    /// <param name="version">The version that will have it.</param>
    /// <param name="now">The time by the tables' clock.</param>
    /// <param name="next">The group then.</param>
    public ActionProblem? Prepare(GroupChange change, ulong version, TimeSpan now, out Group? next)
    {
        next = null;
        Group? before = Find(change.Id);
        bool needsOne = change.Command is GroupCommand.Modify or GroupCommand.InsertBucket or GroupCommand.RemoveBucket;
        if (needsOne && before is null)
            return new ActionProblem(GroupModFailed.UnknownGroup, $"there is no group {change.Id}");
        if (change.Id > GroupChange.LargestGroup)
            return new ActionProblem(GroupModFailed.InvalidGroup, $"a group cannot have the number {change.Id}");
        if (change.Command == GroupCommand.Add && before is not null)
            return new ActionProblem(GroupModFailed.GroupExists, $"there is a group {change.Id} already");
        if (NewBuckets(change, before, out ImmutableArray<GroupBucket> buckets) is { } problem)
            return problem;
        // What is done to buckets changes neither the type nor how one is selected (EXT-570).
        bool isKept = change.Command is GroupCommand.InsertBucket or GroupCommand.RemoveBucket;
        next = new Group(change.Id, isKept ? before!.Type : change.Type, buckets, isKept ? before!.Selection : change.Selection)
        {
            Created = before?.Created ?? now,
            Added = version,
        };
        return null;
    }

    /// <summary>The groups that a deletion, or a question, is about.</summary>
    public ImmutableArray<Group> Selected(uint id) => id == GroupChange.AllGroups ? All : Find(id) is { } one ? [one] : [];

    /// <summary>Puts a group in the place of another, for readers of a version and later ones.</summary>
    /// <param name="before">The group that goes; null for none.</param>
    /// <param name="now">The group that comes; null for none.</param>
    /// <param name="version">The version.</param>
    /// <returns>The change, by which it is taken back or settled.</returns>
    public TableChange Replace(Group? before, Group? now, ulong version)
    {
        if (now is not null)
        {
            now.Older = _newest.GetValueOrDefault(now.Id);
            _newest[now.Id] = now;
        }

        if (before is not null)
            before.Removed = version;
        Volatile.Write(ref _count, _count + (now is null ? 0 : 1) - (before is null ? 0 : 1));
        return new Replacement(this, before, now);
    }

    private void PutFirst(uint id, Group? group)
    {
        if (group is null)
            _newest.TryRemove(id, out _);
        else
            _newest[id] = group;
    }

    /// <summary>Forgets a group that is in no version which a reader may name.</summary>
    private void Unlink(Group group)
    {
        Group? newer = null;
        for (Group? at = _newest.GetValueOrDefault(group.Id); at is not null && at != group; at = at.Older)
            newer = at;
        // The group itself keeps its way to those behind it, for a reader that stands at it.
        if (newer is null)
            PutFirst(group.Id, group.Older);
        else
            newer.Older = group.Older;
    }

    private static ActionProblem? NewBuckets(GroupChange change, Group? before, out ImmutableArray<GroupBucket> buckets)
    {
        buckets = change.Buckets;
        if (change.Command is not (GroupCommand.InsertBucket or GroupCommand.RemoveBucket))
            return null;
        ImmutableArray<GroupBucket> there = [.. before!.Buckets.Select(bucket => bucket.Given)];
        int place = PlaceOf(change.CommandBucketId, there);
        if (place < 0 && change.CommandBucketId <= GroupChange.LargestBucket)
            return new ActionProblem(GroupModFailed.UnknownBucket, $"group {change.Id} has no bucket {change.CommandBucketId}");
        if (change.Command == GroupCommand.RemoveBucket)
        {
            buckets = change.CommandBucketId == GroupChange.AllBuckets ? [] : place < 0 ? there : there.RemoveAt(place);
            return null;
        }

        if (change.Buckets.FirstOrDefault(bucket => there.Any(other => other.Id == bucket.Id)) is { } twice)
            return new ActionProblem(GroupModFailed.BucketExists, $"group {change.Id} has a bucket {twice.Id} already");
        buckets = there.InsertRange(change.CommandBucketId == GroupChange.FirstBucket ? 0 : place + 1, change.Buckets);
        return null;
    }

    private static int PlaceOf(uint bucket, ImmutableArray<GroupBucket> buckets)
    {
        if (bucket == GroupChange.FirstBucket)
            return buckets.IsEmpty ? -1 : 0;
        if (bucket == GroupChange.LastBucket)
            return buckets.Length - 1;
        for (int i = 0; i < buckets.Length; i++)
        {
            if (buckets[i].Id == bucket)
                return i;
        }

        return -1;
    }

    private sealed class Replacement(GroupTable groups, Group? before, Group? now) : TableChange
    {
        public override void Undo()
        {
            if (before is not null)
                before.Removed = ulong.MaxValue;
            if (now is not null)
                groups.PutFirst(now.Id, now.Older);
            Volatile.Write(ref groups._count, groups._count + (before is null ? 0 : 1) - (now is null ? 0 : 1));
        }

        // A bucket may be in the way of any table's packets.
        public override void Publish(ulong version, ref TableSet touched) => touched = TableSet.All;

        public override void Settle()
        {
            if (before is not null)
                groups.Unlink(before);
        }
    }
}
