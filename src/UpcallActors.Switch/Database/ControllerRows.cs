using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <summary>Reads rows of table <c>Controller</c> (<c>bridge_configure_remotes</c>).</summary>
internal static class ControllerRows
{
    private const long MillisecondsOfSecond = 1000;

    /// <summary>Reads a controller. Times are of whole seconds there, and never 0 unless that is said.</summary>
    public static ControllerConfiguration Read(DatabaseReading reading, OvsdbRow row, string bridge)
    {
        var unsaid = new ControllerConfiguration(row.Text("target") ?? "");
        reading.Controllers[(bridge, unsaid.Target)] = row.Uuid;
        return unsaid with
        {
            MaxBackoff = row.Integer("max_backoff") is { } backoff ? Seconds(backoff) : unsaid.MaxBackoff,
            InactivityProbe = row.Integer("inactivity_probe") is { } probe
                ? probe == 0 ? TimeSpan.Zero : Seconds(probe)
                : unsaid.InactivityProbe,
            ConnectionMode = row.Text("connection_mode") is null or "in-band" ? ConnectionMode.InBand : ConnectionMode.OutOfBand,
            RateLimit = LimitOf(row, "controller_rate_limit"),
            BurstLimit = LimitOf(row, "controller_burst_limit"),
        };
    }

    private static TimeSpan Seconds(long milliseconds) =>
        TimeSpan.FromSeconds(Math.Clamp(milliseconds / MillisecondsOfSecond, 1, int.MaxValue));

    private static int? LimitOf(OvsdbRow row, string column) =>
        row.Integer(column) is { } limit and > 0 ? (int)Math.Min(limit, int.MaxValue) : null;
}
