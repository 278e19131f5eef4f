using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>What makes a bridge another one of the same name.</summary>
public sealed record BridgeDifference
{
    /// <summary>The bridge as it becomes.</summary>
    public required BridgeConfiguration Bridge { get; init; }

    /// <summary>Ports: their VLANs, and which interfaces they have.</summary>
    public required ItemDifference<PortConfiguration> Ports { get; init; }

    /// <summary>The interfaces of all ports.</summary>
    public required ItemDifference<InterfaceConfiguration> Interfaces { get; init; }

    /// <summary>Controllers, by their targets.</summary>
    public required ItemDifference<ControllerConfiguration> Controllers { get; init; }

    /// <summary>Mirrors.</summary>
    public required ItemDifference<MirrorConfiguration> Mirrors { get; init; }

    /// <summary>The changes of flows, to be made at once.</summary>
    public required ValueList<FlowChange> Flows { get; init; }

    /// <summary>
    /// Whether what becomes of packets without flows is another, what is said of tables besides flows, or what OpenFlow clients find and
    /// how in-band control is done.
    /// </summary>
    public required bool IsItselfChanged { get; init; }

    /// <summary>Whether nothing differs: the order of ports may, and the text of flows that mean the same.</summary>
    public bool IsEmpty => Ports.IsEmpty && Controllers.IsEmpty && Mirrors.IsEmpty && Flows.Count == 0 && !IsItselfChanged;

    /// <summary>Compares two bridges. Throws <see cref="FlowRefusedException"/> when one's flows do not go together.</summary>
    public static BridgeDifference Between(BridgeConfiguration before, BridgeConfiguration after) => new()
    {
        Bridge = after,
        Ports = ItemDifference<PortConfiguration>.Between(before.Ports, after.Ports, port => port.Name),
        Interfaces = ItemDifference<InterfaceConfiguration>.Between(InterfacesOf(before), InterfacesOf(after), one => one.Name),
        Controllers = ItemDifference<ControllerConfiguration>.Between(before.Controllers, after.Controllers, one => one.Target),
        Mirrors = ItemDifference<MirrorConfiguration>.Between(before.Mirrors, after.Mirrors, mirror => mirror.Name),
        Flows = ReferenceEquals(before.Flows, after.Flows)
            ? [] : ValueList.Create<FlowChange>(FlowDifference.Between(before.Flows.Changes.AsSpan(), after.Flows.Changes.AsSpan())),
        IsItselfChanged = before.FailMode != after.FailMode || !before.TableNames.Equals(after.TableNames)
            || before.Tables != after.Tables
            || before.DatapathId != after.DatapathId || before.Protocols != after.Protocols
            || before.Address != after.Address || before.Identity != after.Identity
            || before.ControllerQueueSize != after.ControllerQueueSize
            || before.DisableInBand != after.DisableInBand || before.InBandQueue != after.InBandQueue,
    };

    /// <summary>A line for each thing that differs, but for flows, which are counted.</summary>
    internal IEnumerable<string> Lines()
    {
        string of = $" of {Bridge.Name}";
        IEnumerable<string> lines = Ports.Lines("port", port => port.Name)
            .Concat(Interfaces.Lines("interface", one => one.Name))
            .Concat(Controllers.Lines("controller", one => one.Target))
            .Concat(Mirrors.Lines("mirror", mirror => mirror.Name));
        if (Flows.Count > 0)
            lines = lines.Append($"{Flows.Count} changes of flows");
        if (IsItselfChanged)
            lines = lines.Append("fail mode, tables or settings of OpenFlow changed");
        return lines.Select(line => line + of);
    }

    private static IEnumerable<InterfaceConfiguration> InterfacesOf(BridgeConfiguration bridge) =>
        bridge.Ports.SelectMany(port => port.Interfaces);
}
