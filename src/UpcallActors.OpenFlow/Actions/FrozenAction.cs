namespace UpcallActors.OpenFlow;

/// <summary>
/// An action that waits for its packet to go on, and what it needs to know of the rule that it stands in (Open vSwitch writes an
/// <c>unroll_xlate</c> before such actions).
/// </summary>
/// <param name="Action">The action.</param>
/// <param name="Table">The rule's table.</param>
/// <param name="Cookie">The rule's cookie, all ones for none.</param>
internal readonly record struct FrozenAction(OpenFlowAction Action, byte Table, ulong Cookie);
