using Akka.Actor;

namespace UpcallActors.Hosting;

/// <summary>An actor system was shut down because nobody would answer the datapath's upcalls any more.</summary>
public sealed class UpcallsUnansweredReason : CoordinatedShutdown.Reason
{
    internal UpcallsUnansweredReason(Exception failure) => Failure = failure;

    /// <summary>What ended the pipeline, or took the datapath away.</summary>
    public Exception Failure { get; }

    /// <inheritdoc/>
    public override int ExitCode => 1;
}
