using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// An OpenFlow connection: takes messages off the socket, has its bridge answer them in their order, and sends what there is to say as
/// the peer reads it. It ends with the socket.
/// </summary>
/// <remarks>
/// A bridge has one batch of a connection at a time, a batch ends with a question whose answer may be a list, and a peer that does not
/// read its answers is not read from either. So what a peer can make us hold is two messages of the largest size, a batch, its answers,
/// the source of one list and one message of it.
/// </remarks>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "An actor is never disposed: PostStop is where it lets go of what it holds.")]
internal sealed class ConnectionActor(
    IActorRef bridge,
    Socket socket,
    ConnectionSettings settings,
    SocketPoller poller,
    TimeProvider time,
    ILogger logger,
    SnoopTap? tap = null)
    : UntypedActor
{
    /// <summary>Messages that a bridge answers before another connection's turn comes (<c>ofconn_run</c>).</summary>
    private const int MostPerBatch = 50;

    /// <summary>
    /// Replies that may wait for a peer to read before no more of its messages are answered (<c>OFCONN_REPLY_MAX</c>).
    /// </summary>
    private const int MostReplies = 100;

    /// <summary>
    /// What a client may have to read that it is told unasked, before it is left: more than all flows of a large bridge that go at once.
    /// </summary>
    private const int MostUnasked = 200_000;

    private readonly ReceiveBuffer _received = new();
    private readonly SendBuffer _toSend = new(tap);
    private readonly ProbeTimer _probe = new(settings.ProbeInterval, time);
    private SocketWatch? _watch;
    private OpenFlowClient? _client;
    private bool _isBusy;
    private bool _isEnded;
    private bool _isClosing;
    private bool _hasTableId;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _watch = poller.Watch((int)socket.Handle, Self);
        _probe.Start(Self);
        Say(0, HelloMessage.Offer(settings.Allowed), MessageType.Hello, (byte)(settings.Allowed.Highest ?? OpenFlowVersion.V10));
        Send();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _probe.Dispose();
        _watch?.Dispose();
        socket.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SocketReady:
                _watch!.TakeNote();
                Receive();
                break;
            case SocketTurn:
                if (!Send(hasTurn: true))
                    return;
                break;
            case BatchAnswered answered:
                _isBusy = false;
                foreach (Outgoing reply in answered.Replies)
                    _toSend.Add(reply);
                break;
            case Answered part:
                foreach (Outgoing reply in part.Replies)
                    _toSend.Add(reply);
                break;
            case Notification when _isClosing:
                break;
            case Notification when _toSend.Waiting >= MostUnasked:
                // What a client is told is all of it or nothing; one that does not read would have us remember without end.
                logger.ClientDoesNotRead(settings.Peer);
                _isEnded = true;
                break;
            case Notification { Message: var unasked }:
                _toSend.Add(unasked);
                break;
            case PacketInBatch when _isClosing:
                break;
            case PacketInBatch batch:
                if (!TryEnter(batch.Packets))
                    return;
                break;
            case ProbeTimer.Due:
                Probe();
                break;
            default:
                Unhandled(message);
                return;
        }

        GoOn();
    }

    /// <summary>Handles what can be handled now, sends, and waits for what it needs next.</summary>
    private void GoOn()
    {
        if (!Send())
            return;
        while (!_isBusy && !_isClosing && _toSend.Waiting <= MostReplies && _toSend.Lists == 0 && TryHandle())
        {
            if (!Send())
                return;
        }

        if (!_isBusy && (_isEnded || (_isClosing && _toSend.IsEmpty)))
            Context.Stop(Self);
        else
            _watch!.Set(forReading: !_isEnded && !_isClosing && !_received.IsFull, !_toSend.IsEmpty, _toSend.IsListNext);
    }

    private void Receive()
    {
        if (_isEnded)
            return;
        ReceiveState state = _received.Receive(socket, out SocketError error);
        if (state == ReceiveState.Received)
            _probe.Heard();
        if (state != ReceiveState.Ended)
            return;
        _isEnded = true;
        if (error != SocketError.Success)
            logger.ConnectionDropped(settings.Peer, error.ToString());
    }

    /// <summary>Whether the connection still is.</summary>
    private bool Send(bool hasTurn = false)
    {
        SocketError error = _toSend.Send(socket, hasTurn);
        if (error == SocketError.Success)
            return true;
        if (!_isEnded)
            logger.ConnectionDropped(settings.Peer, error.ToString());
        Context.Stop(Self);
        return false;
    }

    /// <summary>Takes packets as far as they have room, once the peer has got what it reads. Whether the connection still is.</summary>
    private bool TryEnter(IReadOnlyList<OutgoingPacket> packets)
    {
        bool isFull = false;
        foreach (OutgoingPacket packet in packets)
        {
            if (!packet.HasRoom && !isFull)
            {
                if (!Send())
                    return false;
                isFull = !packet.HasRoom;
            }

            if (packet.TryEnter())
                _toSend.Add(packet);
        }

        return true;
    }

    /// <summary>Handles what came, as far as it is whole; whether there was something.</summary>
    private bool TryHandle() => _client is null ? TryAgree() : TryHandOver(_client);

    private bool TryAgree()
    {
        if (!TryTake(out byte[] first))
            return false;
        if (Handshake.Agree(settings.Allowed, first, out ErrorMessage? refusal) is { } version)
        {
            _client = new OpenFlowClient(bridge, Self, version, settings);
            bridge.Tell(new ClientAgreed(_client));
            return true;
        }

        logger.VersionNegotiationFailed(settings.Peer);
        if (refusal is not null)
            Say(0, refusal, MessageType.Error, (byte)OpenFlowVersion.V10);
        _isClosing = true;
        return true;
    }

    private bool TryHandOver(OpenFlowClient client)
    {
        var batch = ImmutableArray.CreateBuilder<ReceivedMessage>();
        while (batch.Count < MostPerBatch && !_isClosing && TryTake(out byte[] bytes))
        {
            if (settings.Kind == ConnectionKind.Snoop)
                continue;
            tap?.Copy(bytes);
            OpenFlowHeader header = OpenFlowHeader.Read(bytes);
            if (header.Version != (byte)client.Version && !MayHaveAnyVersion(header.Type))
            {
                logger.OtherVersion(settings.Peer, header.Version, (byte)client.Version);
                batch.Add(new ReceivedMessage(bytes, null, BadRequest.BadVersion));
                _isClosing = true;
                break;
            }

            ReceivedMessage message = Decode(bytes);
            batch.Add(message);
            if (message.Message?.Form.IsMultipart == true)
                break;
        }

        if (batch.Count == 0)
            return false;
        _isBusy = true;
        bridge.Tell(new RequestBatch(client, batch.ToImmutable()));
        return true;
    }

    private ReceivedMessage Decode(byte[] bytes)
    {
        OpenFlowError? error = OpenFlowCodec.Decode(bytes, out DecodedMessage? message, _hasTableId);
        if (message?.Body is FlowModTableIdMessage extension)
            _hasTableId = extension.IsOn;
        return new ReceivedMessage(bytes, message, error);
    }

    private bool TryTake(out byte[] message)
    {
        FrameState state = _received.TryTake(out message);
        if (state != FrameState.Broken)
            return state == FrameState.Message;
        logger.BrokenFrame(settings.Peer);
        _isClosing = true;
        return false;
    }

    private void Probe()
    {
        // What has come is heard first: the loop may have been kept from it.
        Receive();
        if (_probe.Expect())
        {
            Say(0, new EchoMessage([]), MessageType.EchoRequest, (byte)(_client?.Version ?? OpenFlowVersion.V10));
            return;
        }

        logger.PeerSilent(settings.Peer);
        _isEnded = _isClosing = true;
    }

    /// <summary>HELLO, ERROR and both ECHOs have one layout (<c>vconn_recv</c>).</summary>
    private static bool MayHaveAnyVersion(byte type) => type <= 3;

    private void Say(uint xid, OpenFlowMessage body, MessageType type, byte version) =>
        _toSend.Add(new OutgoingMessage(version, xid, MessageForms.Find(type, (OpenFlowVersion)version)!, body));
}
