using System.Buffers.Binary;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Bridges;
using UpcallActors.Embedded;
using UpcallActors.OpenFlow;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Demo;

/// <summary>The demo's bridge that was not recorded: a server that takes HTTP, and a host that tries all its ports.</summary>
internal static class PortScan
{
    /// <summary>The host's port.</summary>
    public const string Scanner = "scanner";

    private const string Server = "server";
    private const int Ports = 3000;
    private const int FirstPort = 1000;
    private const ushort Http = 80;
    private const int Length = 60;
    private const int TcpStart = 14 + 20;

    private const string Flows = """
        priority=100,in_port=1,tcp,tcp_dst=80,actions=output:2
        priority=100,in_port=2,tcp,tcp_src=80,actions=output:1
        priority=0,actions=drop
        """;

    /// <summary>The bridge.</summary>
    public static BridgeOptions Bridge { get; } = new()
    {
        Configuration = new BridgeConfiguration
        {
            Name = "br4",
            Flows = new FlowList(FlowSyntax.ParseFile(Flows).Changes),
            Ports = [Port(Scanner, 1), Port(Server, 2)],
        },
        FlowDigest = "",
        Captures = [Host(Scanner), Host(Server)],
    };

    /// <summary>A frame that the server is sent: from a port that makes it a new connection.</summary>
    public static byte[] Visit(ushort number) => Frame((ushort)(1024 + number), Http);

    /// <summary>Frames to ports that nothing is behind, each of which comes up.</summary>
    public static FrameBatch All(uint port, ushort number)
    {
        var batch = new FrameBatch(Ports, Ports * Length);
        for (int i = 0; i < Ports; i++)
        {
            byte[] frame = Frame((ushort)(1024 + number), (ushort)(FirstPort + i));
            frame.CopyTo(batch.Reserve(frame.Length));
            batch.Commit(port, frame.Length);
        }

        return batch;
    }

    private static PortConfiguration Port(string name, uint number) =>
        PortConfiguration.Of(new InterfaceConfiguration { Name = name, RequestedNumber = number });

    private static CapturePortOptions Host(string name) => new()
    {
        Name = name,
        Frames = [],
        Stations = new HashSet<ulong>(),
        Output = null,
        Mtu = EmbeddedPort.DefaultMtu,
    };

    /// <summary>A SYN from 10.2.0.1 to 10.2.0.2.</summary>
    private static byte[] Frame(ushort source, ushort destination)
    {
        byte[] frame = new byte[Length];
        ReadOnlySpan<byte> headers =
        [
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
            0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0x26, 0xca, 10, 2, 0, 1, 10, 2, 0, 2,
        ];
        headers.CopyTo(frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(TcpStart), source);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(TcpStart + 2), destination);
        const byte FiveWords = 0x50;
        const byte Syn = 0x02;
        frame[TcpStart + 12] = FiveWords;
        frame[TcpStart + 13] = Syn;
        return frame;
    }
}
