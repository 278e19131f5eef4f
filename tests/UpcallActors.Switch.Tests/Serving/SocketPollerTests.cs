using System.Net.Sockets;
using Akka.Actor;

namespace UpcallActors.Switch.Tests;

/// <summary>Who is told that a socket is ready, and how often.</summary>
public sealed class SocketPollerTests
{
    private const string Mark = "mark";

    [Fact]
    public async Task An_actor_that_is_busy_is_told_once_of_its_socket_and_again_after_it_has_taken_note()
    {
        using var poller = new SocketPoller();
        using var inbox = Inbox.Create(SwitchUnderTest.Actors);
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback.MapToIPv6(), 0));
        listener.Listen();
        using SocketWatch watch = poller.Watch((int)listener.Handle, inbox.Receiver);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);

        for (int i = 0; i < 3; i++)
            poller.Tell();
        inbox.Receiver.Tell(Mark);
        Assert.IsType<SocketReady>(await inbox.ReceiveAsync());
        Assert.Equal(Mark, await inbox.ReceiveAsync());
        watch.TakeNote();
        poller.Tell();

        Assert.IsType<SocketReady>(await inbox.ReceiveAsync());
    }
}
