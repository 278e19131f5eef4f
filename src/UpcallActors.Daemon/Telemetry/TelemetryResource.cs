using System.Globalization;
using OpenTelemetry.Resources;

namespace UpcallActors.Daemon.Telemetry;

/// <summary>Who it is that tells: the attributes of the resource, named by OpenTelemetry's conventions where these have names.</summary>
internal static class TelemetryResource
{
    /// <summary>The default name of the service.</summary>
    public const string DefaultServiceName = "upcall-actors";

    /// <summary>The kernel says its release there, as <c>uname -r</c>; readable by everybody.</summary>
    private const string KernelRelease = "/proc/sys/kernel/osrelease";

    /// <summary>The resource. What <c>OTEL_RESOURCE_ATTRIBUTES</c> has wins, but for a name of the service that was configured.</summary>
    public static ResourceBuilder Of(TelemetrySubject subject, string? serviceName)
    {
        string host = Environment.MachineName;
        ResourceBuilder resource = ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddAttributes(new Dictionary<string, object>
        {
            ["service.name"] = DefaultServiceName,
            ["service.version"] = typeof(TelemetryResource).Assembly.GetName().Version?.ToString(3) ?? "",
            ["service.instance.id"] = string.Create(CultureInfo.InvariantCulture, $"{host}:{Environment.ProcessId}"),
            ["host.name"] = host,
            ["os.type"] = "linux",
            ["os.version"] = File.Exists(KernelRelease) ? File.ReadAllText(KernelRelease).Trim() : Environment.OSVersion.Version.ToString(),
            ["process.pid"] = (long)Environment.ProcessId,
            ["upcall_actors.datapath.name"] = subject.DatapathName,
            ["upcall_actors.datapath.type"] = subject.DatapathType,
        }).AddEnvironmentVariableDetector();
        return serviceName is null ? resource : resource.AddAttributes([new KeyValuePair<string, object>("service.name", serviceName)]);
    }
}
