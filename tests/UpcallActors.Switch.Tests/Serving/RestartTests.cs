using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>A bridge's service that fails begins anew with what it knew of the bridge.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task What_clients_have_said_and_the_controllers_of_a_bridge_outlive_a_failure_of_its_service()
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        BridgeConfiguration bridge = ServedSwitch.Bridge with
        {
            Controllers = [new ControllerConfiguration($"tcp:127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}")],
        };
        var log = new FailingLog();
        await using ServedSwitch served = await ServedSwitch.StartAsync(options => options with { Logger = log }, bridge);
        using OpenFlowPeer controller = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13);
        Assert.Empty(await controller.FlushAsync());
        const uint config = (uint)PortConfig.NoFwd;
        Assert.Empty(await controller.AskAsync(
            MessageType.PortMod, new PortModMessage(3, ServedSwitch.AddressOf(3), config, config, 0)));
        Assert.Empty(await controller.AskAsync(
            MessageType.SetConfig, new SwitchConfigMessage((ushort)FragmentHandling.Drop, 128)));

        log.FailsNext = true;
        using OpenFlowPeer trigger = await served.ConnectAsync(OpenFlowVersion.V13);
        Assert.Null(await controller.ReadAsync());

        using OpenFlowPeer again = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13);
        Assert.Empty(await again.FlushAsync());
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);
        DecodedMessage settings = Assert.Single(await peer.AskAsync(MessageType.GetConfigRequest, new EmptyMessage()));
        Assert.Equal((ushort)FragmentHandling.Drop, ((SwitchConfigMessage)settings.Body).Flags);
        DecodedMessage ports = Assert.Single(await peer.AskAsync(MessageType.PortDescRequest, new EmptyMessage()));
        OpenFlowPort port = ((EntriesMessage<OpenFlowPort>)ports.Body).Entries.Single(one => one.Number == 3);
        Assert.Equal(config, (uint)port.Config & config);
        Assert.Contains(log.All, line => line.Contains("OpenFlow service has failed, it begins anew", StringComparison.Ordinal));
    }

    /// <summary>Fails once, where the bridge's actor says that a client has come.</summary>
    private sealed class FailingLog : ILogger
    {
        private readonly LogLines _lines = new();

        public bool FailsNext { get; set; }

        public IReadOnlyCollection<string> All => [.. _lines.All];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (FailsNext && eventId.Name == nameof(ConnectionLog.ConnectionAgreed))
            {
                FailsNext = false;
                throw new IOException("the disk is full");
            }

            _lines.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
