namespace UpcallActors.Odp;

/// <summary>
/// What the datapath said of a packet beside its bytes and key, and wants back with it through recirculation, slow path,
/// controller and EXECUTE. 0 is "absent" for each, as in the kernel.
/// </summary>
/// <param name="Mru">Largest fragment received of a packet that conntrack
/// reassembled (<c>OVS_PACKET_ATTR_MRU</c>, u16 in host order), L3 bytes.</param>
/// <param name="Hash">The packet's hash (<c>OVS_PACKET_ATTR_HASH</c>): low
/// 32 bits the hash, bit 32 computed in software, bit 33 over L4.</param>
/// <param name="UpcallPid">The Netlink port id for recirculated upcalls (<c>OVS_PACKET_ATTR_UPCALL_PID</c>).</param>
public readonly record struct PacketOrigin(ushort Mru, ulong Hash, uint UpcallPid);
