using Akka.Actor;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>Messages whose sender wants to know when the peer had room for them.</summary>
internal sealed class ReadNotice(Outgoing messages, Action taken) : Outgoing
{
    /// <inheritdoc/>
    public override bool IsList => messages.IsList;

    /// <inheritdoc/>
    public override bool TryEncodeNext(WireWriter writer)
    {
        if (messages.TryEncodeNext(writer))
            return true;
        taken();
        return false;
    }
}

/// <summary>To a bridge: a client has read all that its monitors had to tell.</summary>
internal sealed record MonitorsRead(OpenFlowClient Client) : INoSerializationVerificationNeeded;
