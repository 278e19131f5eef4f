using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <summary>A bridge as the reconciler has left it. Immutable, but for the bridge's tables, which go on.</summary>
/// <param name="Bridge">As translations see it.</param>
/// <param name="Configuration">As it is wanted.</param>
/// <param name="State">What came of that.</param>
internal sealed record BridgeView(Bridge Bridge, BridgeConfiguration Configuration, BridgeState State);
