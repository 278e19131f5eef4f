using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>Groups (<c>xlate_group_action</c>).</content>
internal ref partial struct XlateContext
{
    /// <summary>How many groups a bucket's liveness may depend on, one behind the other (<c>MAX_LIVENESS_RECURSION</c>).</summary>
    private const int MaximumWatches = 128;

    /// <summary>Gives the packet to a group; false where there is none, which ends the list.</summary>
    private bool TranslateGroup(uint id, bool last)
    {
        if (!MayResubmit())
            return true;
        if (_tables.FindGroup(id) is not { } group)
        {
            _observer?.Noted(TranslationNote.NoSuchGroup, id);
            return false;
        }

        if (group.Type is GroupType.All or GroupType.Indirect)
        {
            for (int i = 0; i < group.Buckets.Length && Error == XlateError.None; i++)
                TranslateBucket(group.Buckets[i], last && i == group.Buckets.Length - 1);
            Credit(group);
            return true;
        }

        Group.Bucket? chosen = group.Type == GroupType.FastFailover ? FirstLive(group) : Select(group);
        if (_freezing)
            return true;
        if (chosen is null)
        {
            _observer?.Noted(TranslationNote.NoLiveBucket, 0);
            return true;
        }

        _observer?.Noted(TranslationNote.UsingBucket, chosen.Given.Id);
        TranslateBucket(chosen, last);
        _scratch.Credited.Add(group.Counters);
        _scratch.Credited.Add(chosen.Counters);
        return true;
    }

    /// <summary>A group that gives packets to all its buckets counts them for each.</summary>
    private readonly void Credit(Group group)
    {
        _scratch.Credited.Add(group.Counters);
        foreach (Group.Bucket bucket in group.Buckets)
            _scratch.Credited.Add(bucket.Counters);
    }

    /// <summary>Does a bucket's actions to the packet, which is afterwards as before: the next commit undoes what they changed.</summary>
    private void TranslateBucket(Group.Bucket bucket, bool last)
    {
        _observer?.BucketEntered(bucket.Given.Id);
        Flow flow = Flow;
        bool conntracked = Conntracked;
        _depth++;
        Do(bucket.Actions, last);
        _depth--;
        FinishFreezing();
        Flow = flow;
        Conntracked = conntracked;
        _observer?.BucketLeft();
    }

    private Group.Bucket? Select(Group group)
    {
        if (group.DatapathHash is { } map && _support.Features.Recirc)
            return SelectByDatapath(group, map);
        return SelectBest(group, group.Selection is { Fields.IsEmpty: false } selection
            ? HashOf(selection)
            : SelectionHash.SymmetricL4(Flow.Key, ref Wildcards.Key, group.Selection?.Parameter ?? 0));
    }

    /// <summary>
    /// Selects by some bits of the datapath's hash (<c>pick_dp_hash_select_group</c>). A packet without one goes through the datapath's
    /// hash first, and comes back for the group and all behind it.
    /// </summary>
    private Group.Bucket? SelectByDatapath(Group group, BucketMap map)
    {
        if (!IsHashed)
        {
            // A group that says nothing wants the hash that is the same in both directions.
            ulong parameter = group.Selection?.Parameter ?? (ulong)OvsActionWriter.HashSymmetricL4 << 32;
            uint algorithm = (uint)(parameter >> 32);
            Freeze(algorithm <= (uint)_support.Features.MaxHashAlgorithm ? algorithm : OvsActionWriter.HashL4, (uint)parameter);
            return null;
        }

        uint hash = Flow.Key.DpHash;
        Wildcards.Key.DpHash |= map.Mask;
        // From the packet's own place on, so that the packets of buckets that are not live spread over the others by weight, too.
        for (uint i = 0; i < map.Count; i++)
        {
            Group.Bucket bucket = group.Buckets[map.BucketOf(hash + i)];
            if (IsLive(bucket, group.Type, MaximumWatches))
                return bucket;
        }

        return null;
    }

    /// <summary>The live bucket with the highest score, which is by its weight and by chance (<c>group_best_live_bucket</c>).</summary>
    private Group.Bucket? SelectBest(Group group, ulong hash)
    {
        Group.Bucket? best = null;
        ulong highest = 0;
        foreach (Group.Bucket bucket in group.Buckets)
        {
            if (!IsLive(bucket, group.Type, MaximumWatches))
            {
                NoteDead(bucket);
                continue;
            }

            ulong score = (SelectionHash.Mix(hash, bucket.Given.Id) & ushort.MaxValue) * bucket.Given.Weight;
            if (best is null || score >= highest)
                (best, highest) = (bucket, score);
        }

        return best;
    }

    private Group.Bucket? FirstLive(Group group)
    {
        foreach (Group.Bucket bucket in group.Buckets)
        {
            if (IsLive(bucket, group.Type, MaximumWatches))
                return bucket;
            NoteDead(bucket);
        }

        return null;
    }

    /// <summary>
    /// Whether what a bucket watches is live; nothing is live of what there is not (<c>bucket_is_alive</c>). A port's state is the
    /// bridge's, whose change translates flows anew, and a bucket of weight 0 is never selected.
    /// </summary>
    private readonly bool IsLive(Group.Bucket bucket, GroupType type, int left)
    {
        GroupBucket given = bucket.Given;
        if (type == GroupType.Select && given.Weight == 0)
            return false;
        if (!given.IsWatched)
            return true;
        if (given.WatchPort != OpenFlowPorts.None && Bridge.TryGetPort(given.WatchPort, out BridgePort? port) && port.IsLive
            && !Has(port, PortConfig.PortDown))
            return true;
        if (given.WatchGroup == FlowChange.AnyGroup || left == 0 || _tables.FindGroup(given.WatchGroup) is not { } group)
            return false;
        foreach (Group.Bucket other in group.Buckets)
        {
            if (IsLive(other, group.Type, left - 1))
                return true;
        }

        return false;
    }

    private readonly void NoteDead(Group.Bucket bucket)
    {
        if (_observer is null)
            return;
        GroupBucket given = bucket.Given;
        string cause = given.WatchPort == OpenFlowPorts.None ? "" : $" port {OpenFlowPorts.Format(given.WatchPort)}";
        cause += given.WatchGroup == FlowChange.AnyGroup ? "" : $"{(cause.Length > 0 ? " and" : "")} group {given.WatchGroup}";
        _observer.Noted(TranslationNote.BucketNotLive, $"bucket {given.Id}: not live due to{(cause.Length > 0 ? cause : " weight 0")}");
    }

    /// <summary>
    /// The hash of the fields that a group names, as far as the packet has them (<c>pick_hash_fields_select_group</c>). Of others only
    /// what says that the packet has them not was looked at.
    /// </summary>
    private readonly ulong HashOf(GroupSelection selection)
    {
        ulong hash = selection.Parameter;
        foreach (HashedField hashed in selection.Fields)
        {
            if (!Exists(hashed.Field))
                continue;
            UInt128 mask = hashed.Mask & hashed.Field.Bits;
            UInt128 value = hashed.Field.Read(Flow) & mask;
            hashed.Field.MarkUsed(ref Wildcards, mask);
            hash = SelectionHash.Mix(SelectionHash.Mix(hash, (ulong)(value >> 64)), (ulong)value);
        }

        return hash;
    }
}
