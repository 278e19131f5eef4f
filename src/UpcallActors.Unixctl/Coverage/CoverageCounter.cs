namespace UpcallActors.Unixctl;

/// <summary>An event and how to read how often it has happened; the number only grows.</summary>
internal sealed record CoverageCounter(string Name, Func<long> Read);
