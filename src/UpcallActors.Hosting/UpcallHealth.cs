using System.ComponentModel;
using System.Globalization;
using Akka.Actor;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using UpcallActors.Odp;
using UpcallActors.Pipeline;
using UpcallActors.Switch;

namespace UpcallActors.Hosting;

/// <summary>
/// Whether upcalls are answered: the pipeline runs, the datapath sends upcalls to its handlers, each handler's lane answers, and so does
/// the datapath, which has every port that was asked for. Thread-safe.
/// </summary>
/// <param name="datapath">The datapath.</param>
/// <param name="ports">Its ports; null where they cannot be asked for.</param>
/// <param name="pipeline">The pipeline over it.</param>
/// <param name="options">What counts as ill.</param>
/// <param name="waiting">
/// The interfaces of its switch that are not in the datapath, at the moment of the call; null without a switch: then none is missed.
/// </param>
public sealed class UpcallHealth(
    IDatapath datapath,
    IDatapathPorts? ports,
    UpcallPipeline pipeline,
    UpcallHealthOptions? options = null,
    Func<IReadOnlyList<WaitingInterface>>? waiting = null) : IHealthCheck
{
    private readonly UpcallHealthOptions _options = options ?? new UpcallHealthOptions();
    private readonly Lock _lock = new();
    private Task<IReadOnlyList<DatapathPort>>? _asking;
    private volatile string? _found;
    private volatile bool _draining;

    /// <summary>The datapath's name.</summary>
    public string Datapath => datapath.Name;

    /// <summary>
    /// Why upcalls are not answered, for people: what is known at once, and what the last check has found. Null when all is well.
    /// </summary>
    public string? Problem => StateProblem() ?? _found;

    /// <summary>From now on upcalls are finished, and no more are taken: it is not well any more.</summary>
    public void Drain() => _draining = true;

    /// <summary>Lets the health check of an actor system look at this.</summary>
    public void AttachTo(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        UpcallActorsExtension.Of(system).Add(this);
    }

    /// <summary>Asks everybody, which takes <see cref="UpcallHealthOptions.Patience"/> at most.</summary>
    public async Task<HealthCheckResult> CheckAsync(CancellationToken cancellation = default)
    {
        if (StateProblem() is { } problem)
            return HealthCheckResult.Unhealthy(problem);
        Task<IReadOnlyList<int>> handlers = pipeline.FindSilentHandlersAsync(_options.Patience, cancellation);
        string? refused = await AskPortsAsync(cancellation);
        IReadOnlyList<WaitingInterface> missing = waiting?.Invoke() ?? [];
        IReadOnlyList<int> silent = await handlers;
        List<string> problems = [];
        if (silent.Count > 0)
            problems.Add($"{Named("handler", silent.Select(handler => handler.ToString(CultureInfo.InvariantCulture)))} not answer");
        if (refused != null)
            problems.Add(refused);
        bool isIll = problems.Count > 0;
        if (missing.Count > 0)
            problems.Add($"{Named("port", missing.Select(port => port.Name))} not answer: {missing[0].Reason}");
        // A pipeline that ends meanwhile has silent handlers, too; that it ends is the reason.
        string? found = StateProblem() ?? (problems.Count == 0 ? null : string.Join("; ", problems));
        bool isUnhealthy = isIll || StateProblem() != null || (missing.Count > 0 && _options.MissingPorts == HealthStatus.Unhealthy);
        _found = isUnhealthy ? found : null;
        var data = new Dictionary<string, object>
        {
            ["handlers"] = datapath.HandlerCount,
            ["silent-handlers"] = silent,
            ["missing-ports"] = missing.Select(port => port.Name).ToArray(),
        };
        return new HealthCheckResult(
            isUnhealthy ? HealthStatus.Unhealthy : found is null ? HealthStatus.Healthy : _options.MissingPorts, found, data: data);
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        CheckAsync(cancellationToken);

    private string? StateProblem()
    {
        if (_draining)
            return "draining: the upcalls in progress are finished, and no more are read";
        if (pipeline.Completion.IsCompleted)
            return "the pipeline has ended";
        if (!pipeline.Started.IsCompletedSuccessfully)
            return "the pipeline has not started: the flows of an earlier run are being taken over";
        return datapath.SendsUpcallsHere() ? null : "the datapath does not send upcalls to the handlers: their port ids are not registered";
    }

    /// <summary>A datapath that does not answer holds up the one thread that asks it, and no second one.</summary>
    private async Task<string?> AskPortsAsync(CancellationToken cancellation)
    {
        if (ports is null)
            return null;
        Task<IReadOnlyList<DatapathPort>> asking;
        lock (_lock)
        {
            if (_asking is null or { IsCompleted: true })
                _asking = Task.Run(ports.List, CancellationToken.None);
            asking = _asking;
        }

        try
        {
            await asking.WaitAsync(_options.Patience, cancellation);
            return null;
        }
        catch (TimeoutException)
        {
            return $"datapath {datapath.Name} does not answer when it is asked for its ports";
        }
        catch (Exception refused) when (refused is DatapathException or Win32Exception)
        {
            return refused.Message;
        }
    }

    /// <summary>A few of them by name.</summary>
    private static string Named(string what, IEnumerable<string> names)
    {
        const int Most = 8;
        string[] all = [.. names];
        string listed = string.Join(", ", all.Take(Most)) + (all.Length > Most ? $" and {all.Length - Most} more" : "");
        return all.Length == 1 ? $"{what} {listed} does" : $"{what}s {listed} do";
    }
}

/// <summary>What a health check waits for, and what it calls ill.</summary>
public sealed record UpcallHealthOptions
{
    /// <summary>How long a handler or the datapath may take to answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The status if the datapath lacks a configured port, because its device is gone or the datapath refused it:
    /// <see cref="HealthStatus.Unhealthy"/>, <see cref="HealthStatus.Degraded"/>, or <see cref="HealthStatus.Healthy"/> where ports come
    /// and go.
    /// </summary>
    public HealthStatus MissingPorts { get; init; } = HealthStatus.Unhealthy;
}
