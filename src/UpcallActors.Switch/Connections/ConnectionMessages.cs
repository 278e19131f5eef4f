using System.Collections.Immutable;
using Akka.Actor;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>A message of a peer: what it says, or the error that it is refused with.</summary>
/// <param name="Bytes">The message with its header; its owner's from here on.</param>
/// <param name="Message">What it says; null with an error.</param>
/// <param name="Error">Why it cannot be read; null if it can.</param>
internal readonly record struct ReceivedMessage(byte[] Bytes, DecodedMessage? Message, OpenFlowError? Error)
{
    /// <summary>The header.</summary>
    public OpenFlowHeader Header => OpenFlowHeader.Read(Bytes);
}

/// <summary>To a bridge: a connection has agreed on a version.</summary>
internal sealed record ClientAgreed(OpenFlowClient Client) : INoSerializationVerificationNeeded;

/// <summary>To a bridge: messages of a client in their order. The connection hands over no more before they are answered.</summary>
internal sealed record RequestBatch(OpenFlowClient Client, ImmutableArray<ReceivedMessage> Messages) : INoSerializationVerificationNeeded;

/// <summary>To a connection: what the first messages of a batch are answered with; more is to come.</summary>
internal sealed record Answered(IReadOnlyList<Outgoing> Replies) : INoSerializationVerificationNeeded;

/// <summary>To a connection: the rest of what a batch is answered with, in order.</summary>
internal sealed record BatchAnswered(IReadOnlyList<Outgoing> Replies) : INoSerializationVerificationNeeded;

/// <summary>To a connection: what the peer is told unasked.</summary>
/// <param name="Message">What it is told.</param>
internal sealed record Notification(Outgoing Message) : INoSerializationVerificationNeeded;
