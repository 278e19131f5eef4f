using System.Collections.Frozen;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>What clients have said of a bridge and its ports, at one moment. Immutable.</summary>
/// <param name="Fragments">How fragments are looked up; never <see cref="FragmentHandling.Reassemble"/>.</param>
/// <param name="Ports">The ports of which something was said, by OpenFlow number.</param>
internal sealed record SettingsSnapshot(FragmentHandling Fragments, FrozenDictionary<uint, PortConfig> Ports)
{
    /// <summary>Nothing was said.</summary>
    public static SettingsSnapshot Default { get; } = new(FragmentHandling.Normal, FrozenDictionary<uint, PortConfig>.Empty);

    /// <summary>What was said of a port.</summary>
    public PortConfig ConfigOf(uint port) => Ports.TryGetValue(port, out PortConfig config) ? config : PortConfig.None;
}
