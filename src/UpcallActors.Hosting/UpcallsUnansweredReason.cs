using Akka.Actor;

namespace UpcallActors.Hosting;

/// <summary>An actor system was shut down because the datapath's upcalls were no longer answered.</summary>
public sealed class UpcallsUnansweredReason : CoordinatedShutdown.Reason
{
    internal UpcallsUnansweredReason(Exception failure) => Failure = failure;

    /// <summary>What ended the pipeline, or took the datapath away.</summary>
    public Exception Failure { get; }

    /// <inheritdoc/>
    public override int ExitCode => 1;
}
