namespace UpcallActors.Benchmarks;

/// <summary>Work that must not grow with what the tables hold.</summary>
/// <param name="Name">As the limits name it.</param>
/// <param name="Prepare">
/// Fills tables to a size. Returns the work, and how many operations one call of it is: they share what the call costs.
/// </param>
internal sealed record ScaledOperation(string Name, Func<int, ScaledWork> Prepare);

/// <summary>The work at one size.</summary>
internal readonly record struct ScaledWork(Action Run, int Operations);
