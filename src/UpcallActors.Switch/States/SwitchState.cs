using System.Collections.Immutable;

namespace UpcallActors.Switch;

/// <summary>A switch as it is, at one moment. Immutable: a reader on any thread has a whole one.</summary>
public sealed record SwitchState
{
    /// <summary>There is nothing.</summary>
    public static SwitchState Empty { get; } = new();

    /// <summary>
    /// What all sources together want, of which this has come. It is not the configuration of a source: to change what a source wants,
    /// use <see cref="RunningSwitch.UpdateAsync"/>.
    /// </summary>
    public SwitchConfiguration Configuration { get; init; } = SwitchConfiguration.Empty;

    /// <summary>The bridges, in the order of the configuration.</summary>
    public ValueList<BridgeState> Bridges { get; init; } = [];

    /// <summary>Interfaces of no bridge.</summary>
    public ValueList<InterfaceState> Interfaces { get; init; } = [];

    /// <summary>What a source wants and does not get, since another source has it; in words for people.</summary>
    public ValueList<string> Conflicts { get; init; } = [];

    /// <summary>The interfaces that are not in the datapath, in the order of the configuration.</summary>
    public ImmutableArray<WaitingInterface> Waiting =>
    [
        .. Bridges.SelectMany(bridge => bridge.Ports.SelectMany(port => port.Interfaces
            .Where(IsMissing).Select(one => WaitingInterface.Of(bridge.Name, one)))),
        .. Interfaces.Where(IsMissing).Select(one => WaitingInterface.Of("", one)),
    ];

    /// <inheritdoc/>
    public bool Equals(SwitchState? other) => ReferenceEquals(this, other) || (other is not null
        && ReferenceEquals(Configuration, other.Configuration)
        && Bridges == other.Bridges && Interfaces == other.Interfaces && Conflicts == other.Conflicts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Bridges.Count, Interfaces.Count);

    private static bool IsMissing(InterfaceState one) => one.Status != InterfaceStatus.Present;
}
