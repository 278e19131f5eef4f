using System.Buffers.Binary;

namespace UpcallActors.Embedded;

/// <summary>The little of Ethernet that IP needs; values from <c>include/uapi/linux/if_ether.h</c>.</summary>
internal static class Ethernet
{
    internal const ushort Ipv4 = 0x0800;
    internal const ushort Ipv6 = 0x86dd;
    private const ushort Vlan = 0x8100;
    private const ushort ServiceVlan = 0x88a8;

    /// <summary>4 if the frame has a VLAN tag, which the kernel keeps beside the frame and does not count as L2 header.</summary>
    internal static int OuterTagLength(ReadOnlySpan<byte> frame) =>
        frame.Length >= 14 && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) is Vlan or ServiceVlan ? 4 : 0;
}
