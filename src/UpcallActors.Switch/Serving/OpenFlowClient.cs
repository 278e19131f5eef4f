using Akka.Actor;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>What a bridge knows of an OpenFlow connection. Its bridge's.</summary>
internal sealed class OpenFlowClient(IActorRef bridge, IActorRef connection, OpenFlowVersion version, ConnectionSettings settings)
{
    // What a controller gets of a missed packet if it does not say (OFP_DEFAULT_MISS_SEND_LEN).
    private const ushort DefaultMissSendLength = 128;

    private static long _made;

    /// <summary>A number that no other connection of the process has or had.</summary>
    public long Number { get; } = Interlocked.Increment(ref _made);

    /// <summary>The bridge.</summary>
    public IActorRef Bridge => bridge;

    /// <summary>The connection.</summary>
    public IActorRef Connection => connection;

    /// <summary>The version that it speaks.</summary>
    public OpenFlowVersion Version => version;

    /// <summary>What it is for.</summary>
    public ConnectionSettings Settings => settings;

    /// <summary>What it may do beside other controllers.</summary>
    public ControllerRole Role { get; set; } = ControllerRole.Equal;

    /// <summary>How it wants packets.</summary>
    public PacketInFormat PacketInFormat { get; set; }

    /// <summary>Which packets of <c>controller(id=…)</c> it gets.</summary>
    public ushort ControllerId { get; set; }

    /// <summary>
    /// How much of missed packets it asked for. It gets all of them, but a client that has come to the bridge is told nothing unasked
    /// while this is 0.
    /// </summary>
    public ushort MissSendLength { get; set; } = settings.Kind == ConnectionKind.Primary ? DefaultMissSendLength : (ushort)0;

    /// <summary>What it is told unasked.</summary>
    public AsyncConfiguration Async { get; } = new(version);

    /// <summary>By which it is sent packets; null until the bridge has taken it in.</summary>
    public PacketInSender? Packets { get; set; }

    /// <summary>It said what it wants to be told, so it is told.</summary>
    public void BeTold()
    {
        if (MissSendLength == 0)
            MissSendLength = DefaultMissSendLength;
    }

    /// <summary>Whether it is told of a kind for a reason (<c>ofconn_receives_async_msg</c>).</summary>
    public bool Wants(AsyncKind kind, int reason) =>
        (settings.Kind == ConnectionKind.Primary || (settings.Kind == ConnectionKind.Service && MissSendLength != 0))
        && Async.Wants(kind, Role, reason);

    /// <summary>Whether it gets a packet.</summary>
    public bool Wants(ControllerPacket packet)
    {
        // Since 1.3 a miss goes to controllers only by a flow that says so.
        if (packet.ControllerId != ControllerId || (packet.Reason == ControllerReason.ImplicitMiss && version >= OpenFlowVersion.V13))
            return false;
        return Wants(AsyncKind.PacketIn, packet.IsMiss ? (int)ControllerReason.NoMatch : PacketInEncoding.ReasonOf(packet.Reason, version));
    }

    /// <summary>Whether flows of 1.0 are told it in Nicira's form (<c>NXT_SET_FLOW_FORMAT</c>).</summary>
    public bool UsesNxm { get; set; }

    /// <summary>The bundles that it has not committed yet.</summary>
    public BundleTable Bundles { get; } = new();

    /// <summary>Its requests of which more is to come.</summary>
    public RequestAssembly Assembly { get; } = new();

    /// <summary>Whether something waits for more from the client, which may not come.</summary>
    public bool IsAnythingUnfinished => !Bundles.IsEmpty || !Assembly.IsEmpty;

    /// <summary>What it wants to be told of flows.</summary>
    public FlowMonitors Monitors { get; } = new();

    /// <summary>Refuses a message some time after it came.</summary>
    public void Refuse(OpenFlowError error, byte[] message) => Tell(new OutgoingMessage(
        (byte)version,
        OpenFlowHeader.Read(message).Xid,
        MessageForms.Find(MessageType.Error, version)!,
        ErrorMessage.Refuse(version, error, message)));

    /// <summary>Tells the peer something unasked.</summary>
    public void Tell(Outgoing message) => connection.Tell(new Notification(message), ActorRefs.NoSender);

    /// <summary>Tells the peer something unasked in a layout.</summary>
    public void Tell(MessageForm form, OpenFlowMessage body) => Tell(new OutgoingMessage((byte)version, xid: 0, form, body));

    /// <summary>Tells the peer something unasked; a version that has no such message is told nothing.</summary>
    public void Tell(MessageType type, OpenFlowMessage body)
    {
        if (MessageForms.Find(type, version) is { } form)
            Tell(form, body);
    }
}
