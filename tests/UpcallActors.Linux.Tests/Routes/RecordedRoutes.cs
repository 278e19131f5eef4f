namespace UpcallActors.Linux.Tests.Routes;

/// <summary>
/// What Linux 7.2 said in answer to RTM_GETROUTE: of a host on a link, of one behind a gateway, of one behind a gateway with an IPv6
/// address, of itself; and to RTM_GETNEIGH: of a neighbour that has answered, and of one that has not.
/// </summary>
internal static class RecordedRoutes
{
    public static byte[][] Messages { get; } =
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Routes", "linux-7.2.txt")).Select(Convert.FromHexString)];

    public static byte[] OnLink => Messages[0];

    public static byte[] BehindGateway => Messages[1];

    public static byte[] BehindIpv6Gateway => Messages[2];

    public static byte[] Own => Messages[3];

    public static byte[] Neighbour => Messages[4];

    public static byte[] SilentNeighbour => Messages[5];
}
