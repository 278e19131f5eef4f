using UpcallActors.Odp;

namespace UpcallActors.Daemon.Telemetry;

/// <summary>What telemetry is about.</summary>
/// <param name="DatapathName">The datapath's name.</param>
/// <param name="DatapathType"><c>system</c> for the kernel's, <c>embedded</c> for the one in this process.</param>
internal sealed record TelemetrySubject(string DatapathName, string DatapathType)
{
    /// <summary>A datapath that is open.</summary>
    public static TelemetrySubject Of(IDatapath datapath) => new(datapath.Name, datapath.Type);
}
