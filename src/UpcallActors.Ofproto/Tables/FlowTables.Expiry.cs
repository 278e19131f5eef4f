namespace UpcallActors.Ofproto;

/// <content>Rules that go by themselves (<c>rule_expire</c>).</content>
internal sealed partial class FlowTables
{
    private readonly TimerWheel _timers;
    private readonly List<RuleTimer> _due = [];
    private long _expired;
    private TimeSpan? _lastExpire;

    /// <summary>Rules that a timeout has removed.</summary>
    public long Expired => Volatile.Read(ref _expired);

    private TimeSpan Now => _time.GetElapsedTime(0, _time.GetTimestamp());

    /// <summary>
    /// Removes the rules whose time is over, as a deletion does. A rule's hard timeout counts from when it was added or given other
    /// actions. It expires as idle only if its timeout had already passed at the previous call: packets since then may not be credited yet.
    /// It costs what expires: a rule that was used meanwhile is looked at once in its idle timeout. One thread at a time.
    /// </summary>
    /// <param name="isAccounted">Whether all packets that had come when this was
    /// called last were credited since; if not, no rule goes for being idle.</param>
    public void Expire(bool isAccounted)
    {
        TimeSpan now = Now;
        TimeSpan? accounted = isAccounted ? _lastExpire : null;
        _lastExpire = now;
        if (_timers.Count == 0 && _gone.Count + _unsettled.Count == 0)
            return;
        using TableTransaction transaction = Begin(new ChangeOrigin(ChangeSource.Timeout));
        ExpireNow(now, accounted);
        transaction.Commit();
    }

    private void ExpireNow(TimeSpan now, TimeSpan? accounted)
    {
        _timers.Advance(TickOf(now), _due);
        foreach (RuleTimer timer in _due)
        {
            // Put back first, since what removes a rule takes its timer out.
            _timers.Add(timer, TickOf(ExpiryOf(timer.Rule)));
            if (now > HardExpiryOf(timer.Rule))
                Delete(timer.Rule, RuleChangeKind.HardTimedOut);
            else if (accounted > IdleExpiryOf(timer.Rule))
                Delete(timer.Rule, RuleChangeKind.IdleTimedOut);
        }

        _due.Clear();
        Volatile.Write(ref _expired, _expired + _journal.Count);
    }

    /// <summary>When the last packet of a credit came, by the tables' clock; zero, which is before any rule, if it tells of none.</summary>
    internal TimeSpan LastUseOf(in Odp.FlowCredit credit) =>
        credit.Packets == 0 && credit.Age is null ? TimeSpan.Zero : Now - (credit.Age ?? TimeSpan.Zero);

    /// <summary>The wheel's ticks are seconds.</summary>
    private static long TickOf(TimeSpan time) => time.Ticks / TimeSpan.TicksPerSecond;

    /// <summary>When a rule expires if no packet comes.</summary>
    internal static TimeSpan ExpiryOf(Rule rule) => TimeSpan.FromTicks(Math.Min(HardExpiryOf(rule).Ticks, IdleExpiryOf(rule).Ticks));

    private static TimeSpan HardExpiryOf(Rule rule) =>
        rule.HardTimeout == 0 ? TimeSpan.MaxValue : rule.Modified + TimeSpan.FromSeconds(rule.HardTimeout);

    private static TimeSpan IdleExpiryOf(Rule rule) =>
        rule.IdleTimeout == 0 ? TimeSpan.MaxValue : rule.Counters.Used + TimeSpan.FromSeconds(rule.IdleTimeout);
}
