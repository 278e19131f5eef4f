namespace UpcallActors.Ofproto;

/// <summary>One change of a rule (<see cref="IRuleObserver"/>).</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Rule">The rule that is there now, or the one that is gone.</param>
/// <param name="Before">The rule that was there before, if it was modified or replaced.</param>
internal readonly record struct RuleChange(RuleChangeKind Kind, Rule Rule, Rule? Before = null);
