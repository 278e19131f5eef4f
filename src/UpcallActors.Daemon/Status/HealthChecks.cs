using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using UpcallActors.Hosting;

namespace UpcallActors.Daemon.Status;

/// <summary>
/// The daemon's health as ASP.NET Core's service runs it: the same check that a host of the libraries has. It logs nothing, because any
/// client could cause a line for each question. Disposing ends it.
/// </summary>
internal sealed class HealthChecks : IDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="check">What <c>/health/ready</c> asks.</param>
    public HealthChecks(IHealthCheck check)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.ClearProviders());
        services.AddHealthChecks().AddCheck(UpcallHealthCheck.Name, check, tags: [UpcallHealthCheck.Tag]);
        _services = services.BuildServiceProvider();
        Service = _services.GetRequiredService<HealthCheckService>();
    }

    /// <summary>Runs the checks.</summary>
    public HealthCheckService Service { get; }

    /// <inheritdoc/>
    public void Dispose() => _services.Dispose();
}
