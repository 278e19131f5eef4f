using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>Controllers that the bridge goes to, and ports that clients come to.</summary>
public sealed class ControllerTests
{
    [Fact]
    public async Task A_bridge_connects_to_its_controller_and_answers_it()
    {
        using Socket listener = Listen();
        await using ServedSwitch served = await ServedSwitch.StartAsync(BridgeWith($"tcp:127.0.0.1:{PortOf(listener)}"));
        using OpenFlowPeer controller = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13);

        IReadOnlyList<DecodedMessage> answers = await controller.AskAsync(MessageType.FeaturesRequest, new EmptyMessage());

        Assert.IsType<SwitchFeaturesMessage>(Assert.Single(answers).Body);
    }

    [Fact]
    public async Task A_controller_that_has_gone_is_connected_to_again_after_a_while()
    {
        using Socket listener = Listen();
        await using ServedSwitch served = await ServedSwitch.StartAsync(BridgeWith($"tcp:127.0.0.1:{PortOf(listener)}"));
        using (OpenFlowPeer first = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13))
            await first.FlushAsync();

        using OpenFlowPeer second = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13);

        Assert.Empty(await second.FlushAsync());
    }

    [Fact]
    public async Task A_controller_that_is_silent_is_asked_and_then_left()
    {
        using Socket listener = Listen();
        BridgeConfiguration bridge = ServedSwitch.Bridge with
        {
            Controllers =
            [
                new ControllerConfiguration($"tcp:127.0.0.1:{PortOf(listener)}") { InactivityProbe = TimeSpan.FromMilliseconds(100) },
            ],
        };
        await using ServedSwitch served = await ServedSwitch.StartAsync(bridge);
        using OpenFlowPeer controller = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13);

        DecodedMessage asked = await controller.ReceiveAsync();

        Assert.Equal(MessageType.EchoRequest, asked.Type);
        Assert.Null(await controller.ReadAsync());
    }

    [Fact]
    public async Task Clients_may_come_to_a_port()
    {
        int port = FreePort();
        await using ServedSwitch served = await ServedSwitch.StartAsync(BridgeWith($"ptcp:{port}:127.0.0.1"));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        using OpenFlowPeer peer = await OpenFlowPeer.OverAsync(new NetworkStream(socket), OpenFlowVersion.V15);

        peer.Send(MessageType.Hello, HelloMessage.Offer(OpenFlowVersions.Of(OpenFlowVersion.V15)));

        Assert.Single(await peer.AskAsync(MessageType.EchoRequest, new EchoMessage([])));
    }

    [Fact]
    public async Task Who_snoops_gets_what_a_controller_says_and_what_it_is_answered()
    {
        using Socket listener = Listen();
        await using ServedSwitch served = await ServedSwitch.StartAsync(BridgeWith($"tcp:127.0.0.1:{PortOf(listener)}"));
        using OpenFlowPeer controller = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13);
        await controller.FlushAsync();
        using OpenFlowPeer snoop = await OpenFlowPeer.ConnectAsync(
            Path.ChangeExtension(served.Socket, "snoop"), OpenFlowVersions.Of(OpenFlowVersion.V13));
        // What the snoop says is passed over, so that there is no answer by which to know that it watches.
        var seen = new List<MessageType>();
        Task reading = Task.Run(async () =>
        {
            while (seen.Count < 2)
                seen.Add((await snoop.ReceiveAsync()).Type);
        });

        while (!reading.IsCompleted)
        {
            controller.Send(MessageType.EchoRequest, new EchoMessage([]));
            await controller.ReceiveAsync();
        }

        await reading;
        Assert.Equal([MessageType.EchoRequest, MessageType.EchoReply], seen.Order());
    }

    [Fact]
    public async Task A_controller_that_is_wanted_no_more_is_left()
    {
        using Socket listener = Listen();
        await using ServedSwitch served = await ServedSwitch.StartAsync(BridgeWith($"tcp:127.0.0.1:{PortOf(listener)}"));
        using OpenFlowPeer controller = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13);
        await controller.FlushAsync();

        await served.Running.ApplyAsync(new SwitchConfiguration { Bridges = [ServedSwitch.Bridge] });

        Assert.Null(await controller.ReadAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TLS_takes_a_client_whose_certificate_the_authority_has_signed_and_no_other(bool isTrusted)
    {
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority();
        using var own = TlsIdentity.Read(authority.Issue("switch"));
        using var client = TlsIdentity.Read((isTrusted ? authority : stranger).Issue("client", authority));
        int port = FreePort();
        await using ServedSwitch served = await ServedSwitch.StartAsync(own, BridgeWith($"pssl:{port}:127.0.0.1"));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));

        if (!isTrusted)
        {
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await tls.AuthenticateAsClientAsync(client.ForClient("switch"));
                // In TLS 1.3 the client learns of it when it reads.
                Assert.NotEqual(0, await tls.ReadAsync(new byte[1]));
            });
            return;
        }

        await tls.AuthenticateAsClientAsync(client.ForClient("switch"));
        using OpenFlowPeer peer = await OpenFlowPeer.OverAsync(tls, OpenFlowVersion.V13);
        peer.Send(MessageType.Hello, HelloMessage.Offer(OpenFlowVersions.Of(OpenFlowVersion.V13)));
        Assert.Single(await peer.AskAsync(MessageType.EchoRequest, new EchoMessage([])));
    }

    [Fact]
    public async Task A_bridge_connects_to_a_controller_over_TLS()
    {
        using var authority = new TestAuthority();
        using var own = TlsIdentity.Read(authority.Issue("switch"));
        using var other = TlsIdentity.Read(authority.Issue("controller"));
        using Socket listener = Listen();
        await using ServedSwitch served = await ServedSwitch.StartAsync(own, BridgeWith($"ssl:127.0.0.1:{PortOf(listener)}"));

        using var tls = new SslStream(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));
        await tls.AuthenticateAsServerAsync(other.ForServer());
        using OpenFlowPeer controller = await OpenFlowPeer.OverAsync(tls, OpenFlowVersion.V13);
        controller.Send(MessageType.Hello, HelloMessage.Offer(OpenFlowVersions.Of(OpenFlowVersion.V13)));

        Assert.Single(await controller.AskAsync(MessageType.EchoRequest, new EchoMessage([])));
    }

    [Theory]
    [InlineData("tcp:192.0.2.1", "192.0.2.1", 6653)]
    [InlineData("tcp:[2001:db8::1]:6633", "2001:db8::1", 6633)]
    [InlineData("ssl:controller.example:16653", "controller.example", 16653)]
    [InlineData("ptcp:", "", 6653)]
    [InlineData("ptcp:0:127.0.0.1", "127.0.0.1", 0)]
    [InlineData("pssl:16653:[::1]", "::1", 16653)]
    public void A_target_has_a_host_and_a_port(string text, string host, int port)
    {
        Assert.True(ConnectionTarget.TryParse(text, out ConnectionTarget? target));
        Assert.Equal((host, port), (target.Host, target.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tcp")]
    [InlineData("tcp:")]
    [InlineData("tcp:192.0.2.1:66536")]
    [InlineData("tcp:192.0.2.1:x")]
    [InlineData("tcp:192.0.2.1:0")]
    [InlineData("udp:192.0.2.1")]
    [InlineData("ptcp:6653:nowhere")]
    [InlineData("tcp:[::1")]
    [InlineData("unix:")]
    public void What_is_no_target_is_refused(string text) => Assert.False(ConnectionTarget.TryParse(text, out _));

    [Fact]
    public void The_waits_between_attempts_grow_and_begin_anew_after_a_connection_that_held()
    {
        var backoff = new ReconnectBackoff(TimeSpan.FromSeconds(8));

        int[] failures = [.. Enumerable.Range(0, 6).Select(_ => (int)backoff.Next(TimeSpan.Zero).TotalSeconds)];
        int held = (int)backoff.Next(TimeSpan.FromSeconds(9)).TotalSeconds;

        Assert.Equal([1, 2, 4, 8, 8, 8], failures);
        Assert.Equal(1, held);
    }

    private static BridgeConfiguration BridgeWith(string target) =>
        ServedSwitch.Bridge with { Controllers = [new ControllerConfiguration(target)] };

    private static Socket Listen()
    {
        var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any.MapToIPv6(), 0));
        listener.Listen();
        return listener;
    }

    private static int PortOf(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private static int FreePort()
    {
        using Socket taken = Listen();
        return PortOf(taken);
    }
}
