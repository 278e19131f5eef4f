using Akka.Actor;

namespace UpcallActors.Switch;

/// <summary>What becomes of an actor of the OpenFlow server that has failed; its parent says so in the log.</summary>
internal static class Supervision
{
    /// <summary>The same for each failure, however many there are.</summary>
    public static SupervisorStrategy Always(Directive directive, Action<Exception> say) => new OneForOneStrategy(
        -1,
        -1,
        failure =>
        {
            say(failure);
            return directive;
        },
        loggingEnabled: false);
}
