using UpcallActors.Daemon.Control.Commands;

namespace UpcallActors.Daemon.Control;

/// <summary>The commands that a daemon has.</summary>
internal static class ControlCommands
{
    /// <summary>All of them, over one daemon's parts.</summary>
    public static IEnumerable<ControlCommand> All(ControlContext context) =>
    [
        .. new ExitCommand(context).Commands,
        .. new DpctlShow(context).Commands,
        .. new DpctlFlows(context).Commands,
        .. new ConntrackCommands(context).Commands,
        .. new DpifCommands(context).Commands,
        .. new FdbCommands(context).Commands,
    ];
}
