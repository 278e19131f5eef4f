using System.Globalization;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary><c>memory/show</c>: how many there are of what takes memory (lib/memory.c), by name.</summary>
internal sealed class MemoryCommand(ControlContext context)
{
    /// <summary>The command.</summary>
    public IEnumerable<ControlCommand> Commands => [new("memory/show", "", 0, 0, _ => Show())];

    private ControlReply Show()
    {
        int[] keys = [.. context.Pipeline.Revalidation?.Snapshot().Keys ?? []];
        int ports = context.Translators.Bridges.Sum(bridge => bridge.Ports.Length);
        int rules = context.Translators.Bridges.Sum(bridge => bridge.Tables.RuleCount);
        return ControlReply.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"handlers:{context.Datapath.HandlerCount} ports:{ports} revalidators:{keys.Length} rules:{rules} udpif keys:{keys.Sum()}"));
    }
}
