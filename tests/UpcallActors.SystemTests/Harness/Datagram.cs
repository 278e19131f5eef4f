using System.Net;

namespace UpcallActors.SystemTests.Harness;

/// <summary>A datagram that was seen whole: in one packet, or in fragments that follow upon each other without gap or overlap.</summary>
/// <param name="Packets">The packets it came in, by offset.</param>
internal sealed record Datagram(IReadOnlyList<IpPacket> Packets)
{
    /// <summary>Source address.</summary>
    public IPAddress Source => Packets[0].Source;

    /// <summary>Bytes behind the IP header.</summary>
    public int PayloadLength => Packets.Sum(packet => packet.Payload.Length);

    /// <summary>The first byte of the payload: the type, of ICMP.</summary>
    public byte FirstByte => Packets[0].Payload.Span[0];

    /// <summary>The payload's bytes.</summary>
    public byte[] Payload => [.. Packets.SelectMany(packet => packet.Payload.ToArray())];

    /// <summary>The longest of the packets, from the IP header on.</summary>
    public int LongestPacket => Packets.Max(packet => packet.Length);

    /// <summary>The datagrams of a protocol that are whole among these packets, in the order of their first packets.</summary>
    public static IReadOnlyList<Datagram> Whole(IEnumerable<IpPacket> packets, byte protocol)
    {
        var whole = new List<Datagram>();
        var open = new Dictionary<(IPAddress, IPAddress, uint), List<IpPacket>>();
        foreach (IpPacket packet in packets.Where(packet => packet.Protocol == protocol))
        {
            if (!packet.IsFragment)
            {
                whole.Add(new Datagram([packet]));
                continue;
            }

            (IPAddress, IPAddress, uint) key = (packet.Source, packet.Destination, packet.Identification);
            if (!open.TryGetValue(key, out List<IpPacket>? pieces))
                open.Add(key, pieces = []);
            pieces.Add(packet);
            pieces.Sort((a, b) => a.Offset.CompareTo(b.Offset));
            if (!IsWhole(pieces))
                continue;
            whole.Add(new Datagram([.. pieces]));
            open.Remove(key);
        }

        return whole;
    }

    private static bool IsWhole(List<IpPacket> pieces)
    {
        int end = 0;
        foreach (IpPacket piece in pieces)
        {
            if (piece.Offset != end)
                return false;
            end += piece.Payload.Length;
        }

        return !pieces[^1].MoreFragments;
    }
}
