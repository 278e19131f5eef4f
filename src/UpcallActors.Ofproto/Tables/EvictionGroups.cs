using System.Collections.Immutable;
using System.Runtime.InteropServices;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The rules of a table that may be evicted, those with a timeout, in the order in which they go: from the largest group, of it the least
/// important, of those the one that expires soonest (<c>choose_rule_to_evict</c>). A rule costs the logarithm of its group. For one thread.
/// </summary>
/// <param name="fields">By which rules are grouped; all are one group without any.</param>
internal sealed class EvictionGroups(ImmutableArray<SubField> fields)
{
    // Entries of a group's queue that may be of rules which are gone, before they are thrown out.
    private const int SpareEntries = 16;

    private readonly Dictionary<ulong, Group> _groups = [];

    // The first of the groups of each size. A group grows and shrinks by one, so its neighbours are in the next list.
    private readonly List<Group?> _bySize = [null];
    private int _largest;

    /// <summary>Adds a rule that is not there.</summary>
    public void Add(Rule rule)
    {
        if (!MayGo(rule))
            return;
        ref Group? group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, KeyOf(rule), out _);
        group ??= new Group();
        group.Queue.Enqueue(rule, OrderOf(rule));
        Resize(group, group.Size + 1);
    }

    /// <summary>Removes a rule that is there; it is not live any more.</summary>
    public void Remove(Rule rule)
    {
        if (!MayGo(rule))
            return;
        ulong key = KeyOf(rule);
        Group group = _groups[key];
        Resize(group, group.Size - 1);
        if (group.Size == 0)
            _groups.Remove(key);
        else if (group.Queue.Count > 2 * group.Size + SpareEntries)
            group.Compact();
    }

    /// <summary>The rule that goes first; null if none may go.</summary>
    public Rule? First()
    {
        if (_bySize[_largest] is not { } group)
            return null;
        while (group.Queue.TryPeek(out Rule? rule, out (ushort Importance, TimeSpan Expiry) order))
        {
            (ushort Importance, TimeSpan Expiry) now = OrderOf(rule);
            if (!rule.IsLive)
                group.Queue.Dequeue();
            // Packets have put off when it expires.
            else if (now.Expiry > order.Expiry)
                group.Queue.DequeueEnqueue(rule, now);
            else
                return rule;
        }

        return null;
    }

    private static bool MayGo(Rule rule) => rule is { IsHidden: false } and not { IdleTimeout: 0, HardTimeout: 0 };

    private static (ushort Importance, TimeSpan Expiry) OrderOf(Rule rule) => (rule.Importance, FlowTables.ExpiryOf(rule));

    /// <summary>Groups whose hashes are equal are one (<c>eviction_group_hash_rule</c>).</summary>
    private ulong KeyOf(Rule rule)
    {
        ulong hash = FlowHash.Seed;
        if (fields.IsEmpty)
            return hash;
        Flow value = rule.Match.ToValue();
        foreach (SubField field in fields)
        {
            UInt128 part = field.Field.Prerequisite.Holds(value) ? field.Read(value) : UInt128.Zero;
            hash = FlowHash.Mix(FlowHash.Mix(hash, (ulong)(part >> 64)), (ulong)part);
        }

        return hash;
    }

    private void Resize(Group group, int size)
    {
        if (group.Size > 0)
            Leave(group);
        group.Size = size;
        if (size > 0)
            Join(group);
        _largest = Math.Max(_largest, size);
        // It was the last one of the largest: it is one smaller now.
        while (_largest > 0 && _bySize[_largest] is null)
            _largest--;
    }

    private void Join(Group group)
    {
        while (_bySize.Count <= group.Size)
            _bySize.Add(null);
        group.Previous = null;
        group.Next = _bySize[group.Size];
        if (group.Next is { } next)
            next.Previous = group;
        _bySize[group.Size] = group;
    }

    private void Leave(Group group)
    {
        if (group.Previous is { } previous)
            previous.Next = group.Next;
        else
            _bySize[group.Size] = group.Next;
        if (group.Next is { } next)
            next.Previous = group.Previous;
    }

    private sealed class Group
    {
        /// <summary>Its rules, and some that are gone.</summary>
        public PriorityQueue<Rule, (ushort Importance, TimeSpan Expiry)> Queue { get; private set; } = new();

        public int Size { get; set; }

        public Group? Next { get; set; }

        public Group? Previous { get; set; }

        /// <summary>Throws out what is gone.</summary>
        public void Compact()
        {
            var live = new HashSet<Rule>(Queue.UnorderedItems.Select(item => item.Element).Where(rule => rule.IsLive));
            Queue = new PriorityQueue<Rule, (ushort, TimeSpan)>(live.Select(rule => (rule, OrderOf(rule))));
        }
    }
}
