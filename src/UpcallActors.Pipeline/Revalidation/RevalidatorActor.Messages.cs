using Akka.Actor;
using UpcallActors.Linux;

namespace UpcallActors.Pipeline;

/// <content>Its messages and answers.</content>
internal sealed partial class RevalidatorActor
{
    /// <summary>A round begins.</summary>
    internal sealed record Begin(long Number, ulong Version, long LastMilliseconds, bool IsPurge) : INoSerializationVerificationNeeded
    {
        /// <summary>Before the first round.</summary>
        public static readonly Begin None = new(0, 0, 0, IsPurge: false);
    }

    /// <summary>Flows of this revalidator that a dump has shown. The receiver owns the array.</summary>
    internal sealed record Dumped(FlowReport[] Flows, int Count) : INoSerializationVerificationNeeded;

    /// <summary>Flows that were decided about when we started.</summary>
    internal sealed record TakeOver(List<AdoptedFlow> Flows) : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="TakeOver"/>.</summary>
    internal sealed record TakenOver(int Partition) : INoSerializationVerificationNeeded;

    /// <summary>The dump has ended; if not at its end, it says nothing about flows that it did not show.</summary>
    internal sealed record Sweep(long Round, bool IsComplete) : INoSerializationVerificationNeeded;

    /// <summary>
    /// The answer to <see cref="Sweep"/>: whether all packets up to the beginning of the round are credited, and the error if the datapath
    /// has refused to change, show or delete a flow.
    /// </summary>
    internal sealed record Swept(int Partition, long Round, bool IsAccounted, Errno Refused) : INoSerializationVerificationNeeded;
}
