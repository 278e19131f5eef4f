namespace UpcallActors.Switch;

/// <summary>A state that a reader of <see cref="RunningSwitch.ReadStatesAsync"/> gets.</summary>
/// <param name="State">The switch as it was when the reader asked.</param>
/// <param name="Skipped">States since the one before that the reader was too slow for. They are lost for it: it has the latest.</param>
public sealed record StateUpdate(SwitchState State, long Skipped);
