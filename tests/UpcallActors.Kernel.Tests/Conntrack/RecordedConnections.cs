namespace UpcallActors.Kernel.Tests.Conntrack;

/// <summary>
/// What Linux 7.2 said in a dump of connections made by the <c>conntrack</c> tool, with counters
/// and timestamps switched on: ICMP, TCP in zone 5 with a mark, UDP over IPv6 in zone 9, SCTP.
/// </summary>
internal static class RecordedConnections
{
    public static byte[][] Messages { get; } =
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Conntrack", "linux-7.2.txt")).Select(Convert.FromHexString)];

    public static byte[] Icmp => Messages[0];

    public static byte[] Tcp => Messages[1];

    public static byte[] Udp6 => Messages[2];

    public static byte[] Sctp => Messages[3];
}
