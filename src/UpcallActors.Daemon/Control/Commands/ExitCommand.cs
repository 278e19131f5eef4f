using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// <c>exit [--cleanup]</c>, which is answered when the daemon has done all but close the control socket (vswitchd/ovs-vswitchd.c).
/// </summary>
/// <param name="stop">See <see cref="ControlContext.Stop"/>.</param>
internal sealed class ExitCommand(Action<bool> stop)
{
    /// <summary>The command.</summary>
    public IEnumerable<ControlCommand> Commands => [new("exit", "[--cleanup]", 0, 1, ExitAsync)];

    private async ValueTask<ControlReply> ExitAsync(ControlCall call, CancellationToken cancellation)
    {
        if (call.Arguments.Count == 1 && call.Arguments[0] != "--cleanup")
            return ControlReply.Error("only --cleanup is known");
        call.Session.AwaitsEnd = true;
        stop(call.Arguments.Count == 1);
        await call.Session.Ending.WaitAsync(cancellation);
        return ControlReply.Empty;
    }
}
