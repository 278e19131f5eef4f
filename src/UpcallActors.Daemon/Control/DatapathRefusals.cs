using UpcallActors.Daemon.Control.Commands;
using UpcallActors.Odp;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control;

/// <summary>What a command answers when the datapath refuses what it asks: the reason, worded as <c>dpctl_error</c> words it.</summary>
internal static class DatapathRefusals
{
    /// <summary>The command, with such an answer instead of a <see cref="DatapathException"/>.</summary>
    public static ControlCommand Answered(ControlCommand command) => command with
    {
        Handler = async (call, cancellation) =>
        {
            try
            {
                return await command.Handler(call, cancellation);
            }
            catch (DatapathException refused)
            {
                return DpctlOptions.Error(refused.Message);
            }
        },
    };
}
