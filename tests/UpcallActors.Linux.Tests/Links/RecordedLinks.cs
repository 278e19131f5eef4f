namespace UpcallActors.Linux.Tests.Links;

/// <summary>
/// What Linux 7.2 said of five devices in answer to RTM_GETLINK: a veth that is a port of a bridge, three tunnels with metadata made by
/// <c>ip link add … external</c>, and a plain VXLAN.
/// </summary>
internal static class RecordedLinks
{
    public static byte[][] Messages { get; } =
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Links", "linux-7.2.txt")).Select(Convert.FromHexString)];

    public static byte[] Veth => Messages[0];

    public static byte[] Vxlan => Messages[1];

    public static byte[] Geneve => Messages[2];

    public static byte[] Gretap => Messages[3];

    public static byte[] PlainVxlan => Messages[4];
}
