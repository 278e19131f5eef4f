namespace UpcallActors.Switch;

/// <summary>A bridge that is wanted, as it is.</summary>
/// <param name="Name">Its name.</param>
public sealed record BridgeState(string Name)
{
    /// <summary>The source that it belongs to.</summary>
    public string Source { get; init; } = "";

    /// <summary>The ports, the bridge's own among them.</summary>
    public ValueList<PortState> Ports { get; init; } = [];

    /// <summary>What the configuration says of it that this switch cannot do.</summary>
    public ValueList<UnsupportedPart> Unsupported { get; init; } = [];
}

/// <summary>A port that is wanted, as it is.</summary>
/// <param name="Name">Its name.</param>
public sealed record PortState(string Name)
{
    /// <summary>The interfaces.</summary>
    public ValueList<InterfaceState> Interfaces { get; init; } = [];
}

/// <summary>A part of a configuration that this switch cannot do.</summary>
/// <param name="Bridge">The bridge; empty for none.</param>
/// <param name="Part">What it is, with its name: <c>mirror m0</c>.</param>
/// <param name="Reason">What does not happen, for people.</param>
public sealed record UnsupportedPart(string Bridge, string Part, string Reason);
