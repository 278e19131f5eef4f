namespace UpcallActors.Switch;

/// <summary>A configuration that holds now.</summary>
/// <param name="State">What has come of it so far: ports may wait.</param>
/// <param name="Difference">What it has changed.</param>
public sealed record AppliedConfiguration(SwitchState State, SwitchDifference Difference);
