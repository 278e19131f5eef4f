using System.Collections.Immutable;

namespace UpcallActors.Switch;

/// <summary>
/// The difference between two configurations of a switch. The switch applies this and nothing else, whether a file, a database or code
/// has changed the configuration.
/// </summary>
public sealed record SwitchDifference
{
    /// <summary>Bridges that are new.</summary>
    public required ValueList<BridgeConfiguration> AddedBridges { get; init; }

    /// <summary>Bridges that are gone.</summary>
    public required ValueList<BridgeConfiguration> RemovedBridges { get; init; }

    /// <summary>Bridges that are in both, and differ.</summary>
    public required ValueList<BridgeDifference> ChangedBridges { get; init; }

    /// <summary>Interfaces of no bridge.</summary>
    public required ItemDifference<InterfaceConfiguration> Interfaces { get; init; }

    /// <summary>Whether <see cref="SwitchConfiguration.Settings"/> differ.</summary>
    public required bool AreSettingsChanged { get; init; }

    /// <summary>Whether nothing differs.</summary>
    public bool IsEmpty => AddedBridges.Count == 0 && RemovedBridges.Count == 0 && ChangedBridges.Count == 0
        && Interfaces.IsEmpty && !AreSettingsChanged;

    /// <summary>Compares two configurations.</summary>
    /// <exception cref="OpenFlow.FlowRefusedException">The flows of a bridge do not go together.</exception>
    public static SwitchDifference Between(SwitchConfiguration before, SwitchConfiguration after)
    {
        ItemDifference<BridgeConfiguration> bridges =
            ItemDifference<BridgeConfiguration>.Between(before.Bridges, after.Bridges, bridge => bridge.Name);
        var changed = ImmutableArray.CreateBuilder<BridgeDifference>(bridges.Changed.Count);
        if (bridges.Changed.Count > 0)
        {
            ILookup<string, BridgeConfiguration> old = before.Bridges.ToLookup(bridge => bridge.Name, StringComparer.Ordinal);
            foreach (BridgeConfiguration bridge in bridges.Changed)
            {
                var difference = BridgeDifference.Between(old[bridge.Name].First(), bridge);
                if (!difference.IsEmpty)
                    changed.Add(difference);
            }
        }

        return new SwitchDifference
        {
            AddedBridges = bridges.Added,
            RemovedBridges = bridges.Removed,
            ChangedBridges = new ValueList<BridgeDifference>(changed.ToImmutable()),
            Interfaces = ItemDifference<InterfaceConfiguration>.Between(before.Interfaces, after.Interfaces, one => one.Name),
            AreSettingsChanged = before.Settings != after.Settings,
        };
    }

    /// <summary>A line for each thing that differs, for people; nothing when it is empty.</summary>
    public override string ToString() => string.Join(
        '\n',
        AddedBridges.Select(bridge => $"bridge {bridge.Name} added")
            .Concat(RemovedBridges.Select(bridge => $"bridge {bridge.Name} removed"))
            .Concat(ChangedBridges.SelectMany(bridge => bridge.Lines()))
            .Concat(Interfaces.Lines("interface", one => one.Name))
            .Concat(AreSettingsChanged ? ["settings changed"] : []));
}
