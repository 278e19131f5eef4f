using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>What is left of a list of actions when a packet is recirculated, or paused, in the middle of it.</summary>
/// <param name="List">The list.</param>
/// <param name="From">The first action that is left.</param>
/// <param name="Table">The table at work.</param>
/// <param name="Rule">The rule at work; null for none, or for one that is not known any more.</param>
/// <param name="Cookie">The cookie of the rule at work, all ones for none.</param>
internal readonly record struct FrozenActions(ActionList List, int From, byte Table, Rule? Rule, ulong Cookie);
