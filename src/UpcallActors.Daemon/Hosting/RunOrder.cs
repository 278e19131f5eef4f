using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Daemon.Hosting;

/// <summary>
/// The order in which the parts of a run are started and stopped. They start one after the other, and stop in reverse; a step that stops
/// after an earlier one (<see cref="RunStep.StopsAfter"/>) has its place right behind that. Every started step is stopped, whatever fails.
/// </summary>
internal sealed class RunOrder
{
    private readonly RunStep[] _starts;
    private readonly RunStep[] _stops;
    private readonly Func<Task> _work;

    /// <summary>
    /// An order. Throws <see cref="ArgumentException"/> if two steps share a name, or if one stops after no earlier step.
    /// </summary>
    /// <param name="steps">The steps, as they start.</param>
    /// <param name="work">What the run does when all have started. When it ends, they stop.</param>
    public RunOrder(IEnumerable<RunStep> steps, Func<Task> work)
    {
        _starts = [.. steps];
        _work = work;
        var earlier = new HashSet<string>(StringComparer.Ordinal);
        foreach (RunStep step in _starts)
        {
            if (step.StopsAfter is { } other && !earlier.Contains(other))
                throw new ArgumentException($"\"{step.Name}\" stops after \"{other}\", which is no earlier step", nameof(steps));
            if (!earlier.Add(step.Name))
                throw new ArgumentException($"two steps have the name \"{step.Name}\"", nameof(steps));
        }

        _stops = [.. StopsAfter(null)];
    }

    /// <summary>The steps, as they start.</summary>
    public IReadOnlyList<RunStep> Steps => _starts;

    /// <summary>The names of the steps, as they stop when all have started.</summary>
    public IEnumerable<string> Stops => _stops.Select(step => step.Name);

    /// <summary>
    /// Starts the steps, does the work, and stops the steps. If a start fails, the steps before it are stopped. Throws the first failure:
    /// that of the start or of the work, or else that of the first stop that failed. Stops that fail after it are logged.
    /// </summary>
    /// <param name="stop">
    /// Ends when the run is told to stop. If that is during a start, no later step starts, but for those that come with it
    /// (<see cref="RunStep.ComesWithPrevious"/>), and no work is done; that is no failure.
    /// </param>
    /// <param name="logger">The log.</param>
    public async Task RunAsync(Task stop, ILogger logger)
    {
        var started = new HashSet<RunStep>();
        ExceptionDispatchInfo? first = null;
        try
        {
            await StartAsync(started, stop);
            if (started.Count == _starts.Length && !stop.IsCompleted)
                await _work();
        }
#pragma warning disable CA1031 // It is thrown when all is stopped.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            first = ExceptionDispatchInfo.Capture(failure);
        }

        foreach (RunStep step in _stops.Where(started.Contains))
        {
            try
            {
                await step.StopAsync();
            }
#pragma warning disable CA1031 // It is thrown or logged, and the other steps must be stopped.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                // A part that the run ended with fails with the same again.
                if (first is not null && !ReferenceEquals(first.SourceException, failure))
                    logger.StopFailed(failure, step.Name);
                first ??= ExceptionDispatchInfo.Capture(failure);
            }
        }

        first?.Throw();
    }

    private async Task StartAsync(HashSet<RunStep> started, Task stop)
    {
        foreach (RunStep step in _starts)
        {
            if (stop.IsCompleted && !step.ComesWithPrevious)
                return;
            try
            {
                await step.StartAsync();
            }
            catch (OperationCanceledException) when (stop.IsCompleted)
            {
                // It has given up its start, as it was told.
                return;
            }

            started.Add(step);
        }
    }

    /// <summary>The stops that come right after that of a step, each with those after itself; null has the usual ones.</summary>
    private IEnumerable<RunStep> StopsAfter(string? name) =>
        from step in _starts.AsEnumerable().Reverse()
        where step.StopsAfter == name
        from stopped in StopsAfter(step.Name).Prepend(step)
        select stopped;
}
