using System.Text.Json;
using UpcallActors.Daemon.Status;
using UpcallActors.Unixctl;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary><c>upcall-actors/snapshot</c>: the daemon at this moment, as one line of JSON (<see cref="DaemonSnapshot"/>).</summary>
internal sealed class SnapshotCommand(ControlContext context)
{
    private readonly SnapshotSource _source =
        new(context.Datapath, context.Translators, context.Pipeline, context.WaitingPorts);

    /// <summary>The command.</summary>
    public IEnumerable<ControlCommand> Commands =>
        [new("upcall-actors/snapshot", "", 0, 0,
            _ => ControlReply.Of(JsonSerializer.Serialize(_source.Take(), StatusJson.Default.DaemonSnapshot)))];
}
