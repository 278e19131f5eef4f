using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// <c>upcall-actors/reload</c> and <c>upcall-actors/config</c>: our own, as ovs-vswitchd has its configuration from a database.
/// </summary>
internal sealed class ReloadCommands(RunningConfiguration configuration, ILogger logger)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("upcall-actors/reload", "", 0, 0, ReloadAsync),
        new("upcall-actors/config", "", 0, 0, _ => Show()),
    ];

    private async ValueTask<ControlReply> ReloadAsync(ControlCall call, CancellationToken cancellation)
    {
        ReloadReport report = await configuration.ReloadAsync(logger);
        return report.IsGood ? ControlReply.Of(report.ToString()) : ControlReply.Error(report.ToString());
    }

    private ControlReply Show()
    {
        var text = new StringBuilder();
        foreach (EffectiveValue value in configuration.Values)
            text.Append(CultureInfo.InvariantCulture, $"{value.Key} = {value.Text}  # {value.Origin}\n");
        return ControlReply.Of(text);
    }
}
