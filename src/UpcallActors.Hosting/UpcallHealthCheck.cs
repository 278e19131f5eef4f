using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UpcallActors.Hosting;

/// <summary>
/// The check of <see cref="UpcallHealth"/> for Akka.Hosting, which hands it on to ASP.NET Core's.
/// <see cref="UpcallActorsHostingExtensions.WithUpcallActors(AkkaConfigurationBuilder, Action{UpcallActorsOptions})"/>
/// registers it as <see cref="Name"/> with the tag <see cref="Tag"/>.
/// </summary>
public sealed class UpcallHealthCheck : IAkkaHealthCheck
{
    /// <summary>What the check is called.</summary>
    public const string Name = "upcall-actors";

    /// <summary>The tag by which a readiness endpoint chooses its checks.</summary>
    public const string Tag = "ready";

    /// <summary>Over how many datapaths there shall be pipelines.</summary>
    internal int Datapaths { get; set; } = 1;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<UpcallHealth> healths = UpcallActorsExtension.Of(context.ActorSystem).Healths;
        if (healths.Count < Datapaths)
            return Failed(context, "the pipeline has not started: the datapath is being opened");
        HealthCheckResult[] results = await Task.WhenAll(healths.Select(health => health.CheckAsync(cancellationToken)));
        HealthCheckResult result = results.Length == 1 ? results[0] : Together(healths, results);
        return result.Status == HealthStatus.Unhealthy ? Failed(context, result.Description, result.Data) : result;
    }

    /// <summary>As bad as the worst of them; what is said has the datapath's name before it.</summary>
    private static HealthCheckResult Together(IReadOnlyList<UpcallHealth> healths, HealthCheckResult[] results)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        List<string> problems = [];
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i].Description is { } problem)
                problems.Add($"{healths[i].Datapath}: {problem}");
            foreach ((string key, object value) in results[i].Data)
                data[$"{healths[i].Datapath}/{key}"] = value;
        }

        return new HealthCheckResult(
            results.Min(result => result.Status), problems.Count == 0 ? null : string.Join("; ", problems), data: data);
    }

    /// <summary>Who registered the check may have said that a failure is less than that.</summary>
    private static HealthCheckResult Failed(
        AkkaHealthCheckContext context, string? problem, IReadOnlyDictionary<string, object>? data = null) =>
        new(context.Registration?.FailureStatus ?? HealthStatus.Unhealthy, problem, data: data);
}
