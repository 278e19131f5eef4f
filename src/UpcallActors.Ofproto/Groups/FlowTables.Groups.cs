using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>Groups, and the flows that name them.</content>
internal sealed partial class FlowTables
{
    private readonly RuleReferences _groupUsers = new(ActionKind.Group);

    /// <summary>The groups, under the versions of these tables.</summary>
    internal GroupTable Groups { get; } = new();

    /// <summary>The groups of a number now, or all with <see cref="GroupChange.AllGroups"/>, by number.</summary>
    public ImmutableArray<Group> GetGroups(uint id)
    {
        lock (_writer)
            return Groups.Selected(id);
    }

    /// <summary>How long a group of these tables is there, what it has counted, and how many flows name it.</summary>
    public GroupStatistics GetStatistics(Group group)
    {
        TimeSpan duration = Now - group.Created;
        int users;
        lock (_writer)
            users = _groupUsers.CountOf(group.Id);
        const int NanosecondsPerTick = 100;
        return new GroupStatistics(
            group.Id,
            (uint)users,
            group.Counters.Packets,
            group.Counters.Bytes,
            (uint)duration.TotalSeconds,
            (uint)(duration.Ticks % TimeSpan.TicksPerSecond * NanosecondsPerTick),
            [.. group.Buckets.Select(bucket => new BucketCounters(bucket.Counters.Packets, bucket.Counters.Bytes))]);
    }

    internal ActionProblem? Make(long transaction, GroupChange change)
    {
        RequireOpen(transaction);
        return _problem = Make(change);
    }

    /// <summary>A group or meter that actions of a packet name and that is not there.</summary>
    internal ActionProblem? FindMissingFor(ActionList actions)
    {
        lock (_writer)
            return FindMissing(actions);
    }

    private static bool NamesSomething(ActionList actions) => actions.Actions.Any(
        action => action is GroupAction or MeterAction || (action.Inner is { } inner && NamesSomething(inner)));

    /// <summary>A group or meter that actions name and that is not there (<c>ofproto_check_ofpacts</c>).</summary>
    private ActionProblem? FindMissing(ActionList actions)
    {
        foreach (OpenFlowAction action in actions.Actions)
        {
            ActionProblem? problem = action switch
            {
                GroupAction group => Groups.Find(group.Group) is null
                    ? new ActionProblem(BadAction.BadOutGroup, $"there is no group {group.Group}")
                    : null,
                MeterAction meter => FindMissingMeter(meter.Meter),
                _ => action.Inner is { } inner ? FindMissing(inner) : null,
            };
            if (problem is not null)
                return problem;
        }

        return null;
    }

    /// <summary>
    /// A meter that packets for controllers shall go through and that is not there: they go without (<c>ofproto_fix_controller_action</c>).
    /// </summary>
    internal uint? FindUnknownMeter(ActionList actions)
    {
        foreach (OpenFlowAction action in actions.Actions)
        {
            uint? unknown = action is ControllerAction { Meter: not 0 and var meter } && Meters.Find(meter) is null ? meter
                : action.Inner is { } inner ? FindUnknownMeter(inner)
                : null;
            if (unknown is not null)
                return unknown;
        }

        return null;
    }

    private ActionProblem? FindMissingMeter(uint id) =>
        Meters.Find(id) is null ? new ActionProblem(MeterModFailed.InvalidMeter, $"there is no meter {id}") : null;

    /// <summary>A deletion takes the flows along that name the group (<c>delete_group_start</c>).</summary>
    private ActionProblem? Make(GroupChange change)
    {
        if (change.Command == GroupCommand.Delete)
        {
            foreach (Group group in Groups.Selected(change.Id))
            {
                foreach (Rule rule in _groupUsers.RulesOf(group.Id))
                    Delete(rule, RuleChangeKind.GroupDeleted);
                Note(Groups.Replace(group, null, _version + 1));
            }

            return null;
        }

        if (Groups.Prepare(change, _version + 1, _batchTime, out Group? next) is { } problem)
            return problem;
        Note(Groups.Replace(Groups.Find(change.Id), next, _version + 1));
        return null;
    }
}
