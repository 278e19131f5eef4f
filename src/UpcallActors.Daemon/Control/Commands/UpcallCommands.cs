using System.Globalization;
using System.Text;
using UpcallActors.Pipeline;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>The <c>upcall/</c> and <c>revalidator/</c> commands (ofproto/ofproto-dpif-upcall.c).</summary>
internal sealed class UpcallCommands(ControlContext context)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("upcall/show", "", 0, 0, _ => Show()),
        new("upcall/disable-megaflows", "", 0, 0, (_, cancellation) => SetMegaflowsAsync(false, cancellation)),
        new("upcall/enable-megaflows", "", 0, 0, (_, cancellation) => SetMegaflowsAsync(true, cancellation)),
        new("upcall/disable-ufid", "", 0, 0, _ => ControlReply.Error("flows are always dumped tersely using UFID")),
        new("upcall/enable-ufid", "", 0, 0, _ => ControlReply.Of("Datapath dumping tersely using UFID enabled for supported datapaths")),
        new("upcall/set-flow-limit", "flow-limit-number", 1, 1, SetFlowLimit),
        new("revalidator/wait", "", 0, 0, (_, cancellation) => DoAsync(revalidation => revalidation.WaitAsync(), cancellation)),
        new("revalidator/purge", "", 0, 0, (_, cancellation) => DoAsync(revalidation => revalidation.PurgeAsync(), cancellation)),
        // Hidden, as in Open vSwitch: paused revalidators forget nothing and follow no change.
        new("revalidator/pause", null, 0, 0, (_, cancellation) => DoAsync(revalidation => revalidation.PauseAsync(), cancellation)),
        new("revalidator/resume", null, 0, 0, (_, cancellation) => DoAsync(revalidation => revalidation.ResumeAsync(), cancellation)),
    ];

    private static ControlReply NoRevalidation => ControlReply.Error("there are no revalidators");

    private ControlReply Show()
    {
        if (context.Pipeline.Revalidation?.Snapshot() is not { } state)
            return NoRevalidation;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{context.FullName}:\n");
        text.Append(CultureInfo.InvariantCulture,
            $"  flows         : (current {state.Flows}) (avg {state.AverageFlows}) (max {state.MaxFlows}) (limit {state.FlowLimit})\n");
        text.Append(CultureInfo.InvariantCulture,
            $"  dump duration : {(long)state.DumpDuration.TotalMilliseconds}ms\n  ufid enabled : true\n\n");
        // Revalidators are numbered behind the lanes, as Open vSwitch numbers them behind its handlers.
        for (int index = 0; index < state.Keys.Length; index++)
            text.Append(CultureInfo.InvariantCulture, $"  {context.Datapath.HandlerCount + index}: (keys {state.Keys[index]})\n");
        return ControlReply.Of(text);
    }

    private async ValueTask<ControlReply> SetMegaflowsAsync(bool enabled, CancellationToken cancellation)
    {
        if (context.Pipeline.Revalidation is not { } revalidation)
            return NoRevalidation;
        revalidation.MegaflowsEnabled = enabled;
        await revalidation.PurgeAsync().WaitAsync(cancellation);
        return ControlReply.Of(enabled ? "megaflows enabled" : "megaflows disabled");
    }

    private ControlReply SetFlowLimit(IReadOnlyList<string> arguments)
    {
        if (context.Pipeline.Revalidation is not { } revalidation)
            return NoRevalidation;
        if (!int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out int limit))
            return ControlReply.Error($"\"{arguments[0]}\" is not a number of flows");
        revalidation.FlowLimit = limit;
        return ControlReply.Of(string.Create(CultureInfo.InvariantCulture, $"set flow_limit to {limit}"));
    }

    /// <summary>A client that goes ends its own wait, not what it asked for.</summary>
    private async ValueTask<ControlReply> DoAsync(Func<Revalidation, Task> ask, CancellationToken cancellation)
    {
        if (context.Pipeline.Revalidation is not { } revalidation)
            return NoRevalidation;
        await ask(revalidation).WaitAsync(cancellation);
        return ControlReply.Empty;
    }
}
