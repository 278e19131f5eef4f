namespace UpcallActors.Ofproto;

/// <summary>When a rule is looked at because its time may be over. One of a <see cref="TimerWheel"/>'s.</summary>
internal sealed class RuleTimer(Rule rule)
{
    /// <summary>The rule.</summary>
    public Rule Rule { get; } = rule;

    /// <summary>In which tick, at the earliest.</summary>
    public long Due { get; set; }

    /// <summary>In which list of the wheel it is; -1 if in none.</summary>
    public int Place { get; set; } = -1;

    /// <summary>The next one in its list.</summary>
    public RuleTimer? Next { get; set; }

    /// <summary>The one before it in its list.</summary>
    public RuleTimer? Previous { get; set; }
}
