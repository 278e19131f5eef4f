using System.Collections.Immutable;

namespace UpcallActors.Switch;

/// <summary>What a database wants of the switch, as it was read at one moment.</summary>
/// <param name="Configuration">The bridges that can be used.</param>
/// <param name="Number">The number of this configuration (<c>next_cfg</c>), which its writer waits for.</param>
internal sealed record DatabaseContents(SwitchConfiguration Configuration, long Number)
{
    /// <summary>What holds for the switch as a whole.</summary>
    public DatabaseSettings Settings { get; init; } = new();

    /// <summary>What cannot be used as it is there, in words for people.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>The row of each bridge, by its name.</summary>
    public required IReadOnlyDictionary<string, Guid> Bridges { get; init; }

    /// <summary>The row of each interface, by its bridge's and its own name.</summary>
    public required IReadOnlyDictionary<(string Bridge, string Name), Guid> Interfaces { get; init; }

    /// <summary>The rows of controllers, by their bridges and targets.</summary>
    public required IReadOnlyDictionary<(string Bridge, string Target), Guid> Controllers { get; init; }

    /// <summary>What rows have that the switch does not do: for each of them, in words that go with the row.</summary>
    public required IReadOnlyDictionary<Guid, string> Unsupported { get; init; }
}
