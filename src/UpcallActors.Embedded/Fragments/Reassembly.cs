namespace UpcallActors.Embedded;

/// <summary>A reassembled frame in the destination of <see cref="IpDefragmenter.Add"/>.</summary>
/// <param name="Length">Bytes of the frame, L2 header included.</param>
/// <param name="NetworkOffset">Where its IP header starts: the L2 header, VLAN tags included, is that of the fragment at offset 0.</param>
/// <param name="Mru">L3 length of the largest fragment (<c>frag_max_size</c>), what <c>OVS_CB(skb)->mru</c> becomes.</param>
internal readonly record struct Reassembly(int Length, int NetworkOffset, ushort Mru);
