using System.Diagnostics;

namespace UpcallActors.Tests;

/// <summary>Waits for conditions: as long as it takes, up to a limit that only something broken reaches.</summary>
internal static class Eventually
{
    /// <summary>Two minutes: an emulated machine needs tens of seconds for what takes one on another.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Looks until the condition holds; throws <see cref="TimeoutException"/> with what was found instead, if that is told.
    /// </summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<string>? otherwise = null)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
                throw new TimeoutException(otherwise?.Invoke());
            await Task.Delay(Pause);
        }
    }

    /// <summary>
    /// Looks until the condition holds; throws <see cref="TimeoutException"/> with what was found instead, if that is told.
    /// </summary>
    public static Task HoldsAsync(Func<bool> condition, Func<string>? otherwise = null) =>
        HoldsAsync(() => Task.FromResult(condition()), otherwise);
}
