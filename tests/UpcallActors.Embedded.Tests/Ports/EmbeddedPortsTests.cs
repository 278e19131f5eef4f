using System.ComponentModel;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Ports;

/// <summary>Ports that are connected to the host.</summary>
public sealed class EmbeddedPortsTests : IDisposable
{
    private const ushort FirstUdpPort = 24_100;

    private readonly TestDatapath _datapath = new();
    private bool _isFull;

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public void A_port_that_no_thread_can_receive_from_is_refused_and_is_not_in_the_way_of_the_next_attempt()
    {
        using var ports = new EmbeddedPorts(_datapath.Datapath, Make);
        for (ushort number = 0; number < PortReceiver.MostPorts; number++)
            ports.Add(Tunnel(number)).Number.ShouldNotBeNull();
        int before = _datapath.Datapath.Ports.Count;
        PortRequest next = Tunnel(PortReceiver.MostPorts);
        _isFull = true;
        DatapathException refused = Should.Throw<DatapathException>(() => ports.Add(next));
        refused.Error.ShouldBe(Errno.TooManyFiles);
        refused.Message.ShouldBe($"port {next.Device}: no descriptor is left");
        _datapath.Datapath.Ports.Count.ShouldBe(before);
        _isFull = false;
        ports.Add(next).Number.ShouldNotBeNull();
        ports.Remove(next.Device).ShouldBeTrue();
    }

    private static PortRequest Tunnel(ushort number) =>
        new($"t{number}", PortKind.Vxlan, DestinationPort: (ushort)(FirstUdpPort + number));

    private PortReceiver Make(int number) => _isFull
        ? throw new Win32Exception((int)Errno.TooManyFiles, "no descriptor is left")
        : new PortReceiver(_datapath.Datapath, number, keepsTime: number == 0);
}
