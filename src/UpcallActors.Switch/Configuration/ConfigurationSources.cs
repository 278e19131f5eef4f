using System.Collections.Immutable;

namespace UpcallActors.Switch;

/// <summary>
/// What several sources (a file, code, a database) want of one switch. A bridge belongs to the source that named it first, until that
/// source does not name it any more. Immutable.
/// </summary>
internal sealed class ConfigurationSources
{
    private readonly ImmutableArray<(string Source, SwitchConfiguration Configuration)> _sources;

    private ConfigurationSources(
        ImmutableArray<(string Source, SwitchConfiguration Configuration)> sources, IReadOnlyDictionary<string, string> ownersBefore)
    {
        _sources = sources;
        (Merged, Owners, Conflicts) = Merge(sources, ownersBefore);
    }

    /// <summary>No source has said anything.</summary>
    public static ConfigurationSources None { get; } = new([], new Dictionary<string, string>());

    /// <summary>What is wanted in all.</summary>
    public SwitchConfiguration Merged { get; }

    /// <summary>The source of each bridge, by the bridge's name.</summary>
    public IReadOnlyDictionary<string, string> Owners { get; }

    /// <summary>What is left out, since another source has it, in words for people.</summary>
    public ValueList<string> Conflicts { get; }

    /// <summary>
    /// All that one source wants, also what it does not get; <see cref="SwitchConfiguration.Empty"/> before it said anything.
    /// </summary>
    public SwitchConfiguration Of(string source) =>
        Array.Find([.. _sources], each => each.Source == source).Configuration ?? SwitchConfiguration.Empty;

    /// <summary>The same with what one source wants from now on.</summary>
    public ConfigurationSources With(string source, SwitchConfiguration configuration)
    {
        int index = 0;
        while (index < _sources.Length && _sources[index].Source != source)
            index++;
        return new ConfigurationSources(
            index == _sources.Length ? _sources.Add((source, configuration)) : _sources.SetItem(index, (source, configuration)), Owners);
    }

    private static (SwitchConfiguration Merged, Dictionary<string, string> Owners, ValueList<string> Conflicts) Merge(
        ImmutableArray<(string Source, SwitchConfiguration Configuration)> sources, IReadOnlyDictionary<string, string> ownersBefore)
    {
        Dictionary<string, string> owners = StillNaming(sources, ownersBefore);
        var bridges = ImmutableArray.CreateBuilder<BridgeConfiguration>();
        var conflicts = ImmutableArray.CreateBuilder<string>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string source, SwitchConfiguration configuration) in sources)
        {
            foreach (BridgeConfiguration bridge in configuration.Bridges)
            {
                owners.TryAdd(bridge.Name, source);
                if (owners[bridge.Name] != source)
                    conflicts.Add($"bridge {bridge.Name} of {source} is left out: {owners[bridge.Name]} has a bridge of this name");
                else if (taken.Add(bridge.Name))
                    bridges.Add(bridge);
                else
                    conflicts.Add($"bridge {bridge.Name} is there twice in {source}: the second one is left out");
            }
        }

        var merged = new SwitchConfiguration
        {
            Settings = new SwitchSettings
            {
                RemovesOtherPorts = sources.Any(source => source.Configuration.Settings.RemovesOtherPorts),
            },
            Bridges = new ValueList<BridgeConfiguration>(bridges.ToImmutable()),
            Interfaces = ValueList.From(sources.SelectMany(source => source.Configuration.Interfaces)),
        };
        return (merged, owners, new ValueList<string>(conflicts.ToImmutable()));
    }

    /// <summary>The owners of before that still name their bridges.</summary>
    private static Dictionary<string, string> StillNaming(
        ImmutableArray<(string Source, SwitchConfiguration Configuration)> sources, IReadOnlyDictionary<string, string> owners)
    {
        var named = new HashSet<(string Bridge, string Source)>(
            sources.SelectMany(source => source.Configuration.Bridges.Select(bridge => (bridge.Name, source.Source))));
        return owners.Where(owner => named.Contains((owner.Key, owner.Value)))
            .ToDictionary(owner => owner.Key, owner => owner.Value, StringComparer.Ordinal);
    }
}
