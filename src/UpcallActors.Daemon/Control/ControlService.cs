using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Control.Commands;
using UpcallActors.Linux;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control;

/// <summary>The control socket of a running daemon: all its commands, and what they need to keep an eye on. Disposing ends it.</summary>
internal sealed class ControlService : IAsyncDisposable
{
    private readonly ControlServer _server;
    private readonly UnattendedTimer _ticks;

    private ControlService(
        ControlSocket socket, ControlCommandTable commands, CoverageTable coverage, ControlLimits limits, ILogger logger, LogLevels levels)
    {
        _server = ControlServer.Start(socket, commands, limits, logger, () => levels.IsRateLimited("unixctl"));
        _ticks = new UnattendedTimer("counting events", CoverageTable.Interval, coverage.Tick);
    }

    /// <summary>
    /// Opens the socket in a directory that this process holds, and serves.
    /// Throws <see cref="RunDirectoryException"/> when it cannot be made.
    /// </summary>
    public static async Task<ControlService> StartAsync(RunDirectory directory, ControlContext context, ControlLimits limits,
        ILogger logger)
    {
        ControlCommandTable? table = null;
        var coverage = new CoverageTable(
        [
            .. DaemonEvents.Of(context),
            new("unixctl_received", () => table?.Received ?? 0),
            new("unixctl_replied", () => table?.Replied ?? 0),
        ]);
        IEnumerable<ControlCommand> commands =
        [
            .. new ExitCommand(context.Stop).Commands,
            .. new DpctlShow(context).Commands,
            .. new DpctlFlows(context).Commands,
            .. new DpctlFlowChanges(context).Commands,
            .. new DpctlDatapath(context).Commands,
            .. new ConntrackCommands(context).Commands,
            .. new ConntrackLimitCommands(context).Commands,
            .. new AbsentFeatureCommands(context).Commands,
            .. new FeatureCommands(context).Commands,
            .. new DpifCommands(context).Commands,
            .. new FdbCommands(context).Commands,
            .. new RuleCommands(context).Commands,
            .. new TraceCommands(context).Commands,
            .. new MonitorCommands(context).Commands,
            .. new UpcallCommands(context).Commands,
            .. new CoverageCommands(coverage).Commands,
            .. new MemoryCommand(context).Commands,
            .. new LogCommands(context.LogLevels).Commands,
            .. new SnapshotCommand(context).Commands,
            .. new ReloadCommands(context.Configuration, logger).Commands,
        ];
        table = new ControlCommandTable(commands.Select(DatapathRefusals.Answered), context.Version, logger);
        ControlSocket socket = await ControlSocket.OpenAsync(directory, logger);
        return new ControlService(socket, table, coverage, limits, logger, context.LogLevels);
    }

    /// <summary>
    /// Opens the socket before there is a switch, with the commands that need none. Throws <see cref="RunDirectoryException"/> when it
    /// cannot be made.
    /// </summary>
    public static async Task<ControlService> StartWaitingAsync(
        RunDirectory directory, LogLevels levels, string version, Action<bool> stop, ILogger logger)
    {
        ControlCommandTable? table = null;
        var coverage = new CoverageTable(
            [new("unixctl_received", () => table?.Received ?? 0), new("unixctl_replied", () => table?.Replied ?? 0)]);
        IEnumerable<ControlCommand> commands =
            [.. new ExitCommand(stop).Commands, .. new CoverageCommands(coverage).Commands, .. new LogCommands(levels).Commands];
        table = new ControlCommandTable(commands, version, logger);
        ControlSocket socket = await ControlSocket.OpenAsync(directory, logger);
        return new ControlService(socket, table, coverage, new ControlLimits(), logger, levels);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _ticks.DisposeAsync();
    }
}
