namespace UpcallActors.Odp;

/// <summary>Generic-netlink family ids (<c>nlmsg_type</c>), assigned by the kernel when it loads the module.</summary>
public readonly record struct OvsFamilies(ushort Datapath, ushort Vport, ushort Flow, ushort Packet, ushort Meter, ushort CtLimit);
