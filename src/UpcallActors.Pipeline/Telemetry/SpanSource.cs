using System.Diagnostics;
using System.Reflection;

namespace UpcallActors.Pipeline;

/// <summary>The source of all spans. To ask for a listener costs one field read.</summary>
internal static class SpanSource
{
    /// <summary>The assembly's version, on source and meter.</summary>
    public static readonly string? Version =
        typeof(SpanSource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    private static readonly ActivitySource _source = new(new ActivitySourceOptions(UpcallActorsTelemetry.SourceName) { Version = Version });

    /// <summary>Whether there is a listener.</summary>
    public static bool IsOn => _source.HasListeners();

    /// <summary>
    /// Starts a span in its own trace: the thread's current activity is not its parent, and it does not become the parent of others.
    /// </summary>
    public static Activity? StartRoot(string name, ActivityKind kind, DateTimeOffset start, IEnumerable<ActivityLink>? links)
    {
        Activity? outer = Activity.Current;
        Activity.Current = null;
        try
        {
            return _source.StartActivity(name, kind, default(ActivityContext), null, links, start);
        }
        finally
        {
            Activity.Current = outer;
        }
    }

    /// <summary>Starts a span below another one; from now on, or from a time that has passed.</summary>
    public static Activity? StartChild(string name, ActivityKind kind, Activity parent, DateTimeOffset start = default) =>
        _source.StartActivity(name, kind, parent.Context, null, null, start);

    /// <summary>The time of day of a <see cref="Stopwatch.GetTimestamp"/> not long ago.</summary>
    public static DateTimeOffset TimeOf(long timestamp) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(timestamp);
}
