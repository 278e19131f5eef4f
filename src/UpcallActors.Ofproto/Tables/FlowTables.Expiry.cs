namespace UpcallActors.Ofproto;

/// <content>Rules that go by themselves (<c>rule_expire</c>).</content>
public sealed partial class FlowTables
{
    private readonly HashSet<Rule> _expirable = [];
    private long _earliestExpiry = long.MaxValue;
    private long _expired;
    private TimeSpan? _lastExpire;

    /// <summary>Rules that a timeout has removed.</summary>
    public long Expired => Volatile.Read(ref _expired);

    private TimeSpan Now => _time.GetElapsedTime(0, _time.GetTimestamp());

    /// <summary>No rule's time is over before this; a rule that is used moves its own away from it.</summary>
    private TimeSpan EarliestExpiry
    {
        get => new(Volatile.Read(ref _earliestExpiry));
        set => Volatile.Write(ref _earliestExpiry, value.Ticks);
    }

    /// <summary>
    /// Removes the rules whose time is over, as a deletion does. A rule's hard timeout counts from when it was added or given other
    /// actions. It expires as idle only if its timeout had already passed at the previous call: packets since then may not be credited yet.
    /// One thread at a time.
    /// </summary>
    /// <param name="isAccounted">Whether all packets that had come when this was
    /// called last were credited since; if not, no rule goes for being idle.</param>
    public void Expire(bool isAccounted)
    {
        TimeSpan now = Now;
        TimeSpan? accounted = isAccounted ? _lastExpire : null;
        _lastExpire = now;
        if (now <= EarliestExpiry)
            return;
        lock (_writer)
        {
            Rule[] over = [.. _expirable.Where(rule => IsOver(rule, now, accounted))];
            var touched = new HashSet<int>();
            foreach (Rule rule in over)
                Remove(rule, touched);
            EarliestExpiry = _expirable.Count == 0 ? TimeSpan.MaxValue : _expirable.Min(ExpiryOf);
            if (over.Length == 0)
                return;
            Volatile.Write(ref _expired, _expired + over.Length);
            Publish(touched);
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>
    /// Credits a rule with packets, and notes when it was used. The clock is read only where it matters, this being each packet's way.
    /// </summary>
    internal void Credit(Rule rule, in Odp.FlowCredit credit)
    {
        if (credit.Packets != 0)
            rule.Counters.Credit(credit.Packets, credit.Bytes);
        if (rule.IdleTimeout != 0 && (credit.Packets != 0 || credit.Age is not null))
            rule.Counters.Use(Now - (credit.Age ?? TimeSpan.Zero));
    }

    private static bool IsOver(Rule rule, TimeSpan now, TimeSpan? accounted) => now > HardExpiryOf(rule) || accounted > IdleExpiryOf(rule);

    private static TimeSpan ExpiryOf(Rule rule) => TimeSpan.FromTicks(Math.Min(HardExpiryOf(rule).Ticks, IdleExpiryOf(rule).Ticks));

    private static TimeSpan HardExpiryOf(Rule rule) =>
        rule.HardTimeout == 0 ? TimeSpan.MaxValue : rule.Modified + TimeSpan.FromSeconds(rule.HardTimeout);

    private static TimeSpan IdleExpiryOf(Rule rule) =>
        rule.IdleTimeout == 0 ? TimeSpan.MaxValue : rule.Counters.Used + TimeSpan.FromSeconds(rule.IdleTimeout);
}
