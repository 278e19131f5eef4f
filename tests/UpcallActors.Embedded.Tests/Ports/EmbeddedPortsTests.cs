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
    private readonly ScriptedLinks _links = new();
    private bool _isFull;

    public void Dispose()
    {
        _datapath.Dispose();
        _links.Dispose();
    }

    [Fact]
    public void A_port_that_no_thread_can_receive_from_is_refused_and_is_not_in_the_way_of_the_next_attempt()
    {
        using var ports = new EmbeddedPorts(_datapath.Datapath, Make, (entry, _) => new VxlanPort(entry.DestinationPort), new HostLinks());
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

    [Fact]
    public void What_a_port_asks_of_the_host_does_not_grow_with_the_ports()
    {
        using EmbeddedPorts ports = OnScriptedDevices();
        int few = CostOf(ports, first: 0, count: 10);
        CostOf(ports, first: 10, count: 980);
        // The thousandth costs what the first does.
        CostOf(ports, first: 990, count: 10).ShouldBe(few);
    }

    [Fact]
    public void A_port_that_a_request_took_out_of_the_datapath_is_put_back()
    {
        using EmbeddedPorts ports = OnScriptedDevices();
        CostOf(ports, first: 0, count: 2);
        EmbeddedPort removed = _datapath.Datapath.Ports.Single(port => port.Name == "p0");
        _datapath.Datapath.RemovePort(removed).ShouldBeTrue();
        DatapathPort again = ports.Add(new PortRequest("p0", PortKind.System), removed.Number);
        again.Number.ShouldBe(removed.Number);
        ports.List().Select(port => port.Name).ShouldContain("p0");
    }

    [Fact]
    public void The_lowest_number_that_is_free_is_given_to_the_next_port()
    {
        using EmbeddedPorts ports = OnScriptedDevices();
        CostOf(ports, first: 0, count: 20);
        ports.Remove("p7").ShouldBeTrue();
        ports.Remove("p3").ShouldBeTrue();
        _links.Add("x");
        ports.Add(new PortRequest("x", PortKind.System)).Number.ShouldBe(TestDatapath.PortC + 1 + 3);
        ports.Add(new PortRequest("p3", PortKind.System)).Number.ShouldBe(TestDatapath.PortC + 1 + 7);
        ports.Add(new PortRequest("p7", PortKind.System)).Number.ShouldBe(TestDatapath.PortC + 1 + 20);
    }

    private static PortRequest Tunnel(ushort number) =>
        new($"t{number}", PortKind.Vxlan, DestinationPort: (ushort)(FirstUdpPort + number));

    private EmbeddedPorts OnScriptedDevices() => new(_datapath.Datapath, Make, (_, _) => new QuietPort(), new HostLinks(_links));

    /// <summary>Messages of rtnetlink that it takes to add ports.</summary>
    private int CostOf(EmbeddedPorts ports, int first, int count)
    {
        int before = _links.Messages;
        for (int number = first; number < first + count; number++)
        {
            _links.Add($"p{number}");
            ports.Add(new PortRequest($"p{number}", PortKind.System)).Number.ShouldNotBeNull();
        }

        return _links.Messages - before;
    }

    private PortReceiver Make(int number) => _isFull
        ? throw new Win32Exception((int)Errno.TooManyFiles, "no descriptor is left")
        : new PortReceiver(_datapath.Datapath, number, keepsTime: number == 0);

    /// <summary>A port on a device from which nothing comes.</summary>
    private sealed class QuietPort : LivePort
    {
        public override int DescriptorCount => 0;

        public override int Descriptor(int index) => throw new ArgumentOutOfRangeException(nameof(index));

        public override bool Receive(int index, FrameIntake intake) => false;

        public override void Dispose()
        {
        }
    }
}
