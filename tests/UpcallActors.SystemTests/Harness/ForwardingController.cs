using UpcallActors.OpenFlow;
using UpcallActors.Switch.Tests;

namespace UpcallActors.SystemTests.Harness;

/// <summary>
/// A controller of a bridge of two ports: it lets paused packets go on, and sends others to the other port. A packet-out is all that
/// OpenFlow has for that, so it says nothing of a packet but its bytes.
/// </summary>
internal sealed class ForwardingController : IAsyncDisposable
{
    private static readonly MatchField _inPort = MatchFields.Get("in_port");

    private readonly OpenFlowPeer _peer;
    private readonly Task _forwarding;

    private ForwardingController(OpenFlowPeer peer)
    {
        _peer = peer;
        _forwarding = ForwardAsync();
    }

    /// <summary>Connects; it is told packets when this returns.</summary>
    public static async Task<ForwardingController> StartAsync(string socket)
    {
        OpenFlowPeer peer = await OpenFlowPeer.ConnectAsync(socket, OpenFlowVersions.Of(OpenFlowVersion.V13));
        peer.Send(MessageType.SetConfig, new SwitchConfigMessage(0, MissSendLength: 128));
        (await peer.AskAsync(MessageType.SetPacketInFormat, new NumberMessage(2))).ShouldBeEmpty();
        return new ForwardingController(peer);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _peer.Dispose();
        await _forwarding;
    }

    private async Task ForwardAsync()
    {
        try
        {
            while (await _peer.ReadAsync() is { } message)
            {
                if (OpenFlowCodec.Decode(message, out DecodedMessage? told) is not null || told!.Body is not PacketInMessage packet)
                    continue;
                if (packet.Continuation.IsEmpty)
                    _peer.Send(MessageType.PacketOut, ToOtherPort(packet));
                else
                    _peer.Send(MessageType.Resume, packet);
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException or TimeoutException)
        {
            // The test is done with it.
        }
    }

    private static PacketOutMessage ToOtherPort(PacketInMessage packet)
    {
        uint port = (uint)_inPort.Read(packet.Metadata.ToValue());
        var metadata = new MatchBuilder();
        metadata.Set(_inPort, port);
        return new PacketOutMessage
        {
            Metadata = metadata.Build(),
            Actions = FlowSyntax.ParseFlow(port == 1 ? "actions=2" : "actions=1").Actions!,
            Packet = packet.Packet,
        };
    }
}
