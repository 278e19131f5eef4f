using System.Buffers.Binary;
using UpcallActors.Odp;

namespace UpcallActors.Switch;

/// <summary>Which Ethernet address a bridge's own port has (<c>bridge_pick_local_hw_addr</c>).</summary>
internal static class BridgeAddress
{
    private const ulong Group = 0x0100_0000_0000;
    private const ulong Local = 0x0200_0000_0000;
    private const int AddressBits = 48;

    /// <summary>Of protocols that switches speak (<c>eth_addr_is_reserved</c>); those of groups are no candidates anyway.</summary>
    private static readonly ulong[] _reserved = [0x00e0_2b00_0000, 0x00e0_2b00_0004, 0x00e0_2b00_0006];

    /// <summary>
    /// The configured address; else the least universal one of the bridge's other ports, of which mirrors' outputs do not count and of
    /// several interfaces the first by name does; else one that is made of the bridge's identity. Null when it has none.
    /// </summary>
    public static ulong? Of(BridgeConfiguration bridge, IEnumerable<WantedInterface> interfaces)
    {
        if (bridge.Identity is not { } identity)
            return null;
        if (bridge.Address is { } configured)
            return configured;
        HashSet<string?> outputs = [.. bridge.Mirrors.Select(mirror => mirror.OutputPort)];
        ulong[] candidates =
        [
            .. interfaces.Where(one => one.Plan.Port is not null)
                .GroupBy(one => one.Plan.Port!.Name, StringComparer.Ordinal)
                .Where(port => !outputs.Contains(port.Key))
                .Select(port => port.MinBy(one => one.Name, StringComparer.Ordinal)!)
                .Where(one => !one.Plan.IsLocal && one.Plan.Request.Kind is PortKind.System or PortKind.Internal or PortKind.Dummy)
                .Select(one => one.Found?.Address ?? 0).Where(IsCandidate),
        ];
        return candidates.Length > 0 ? candidates.Min() : OfIdentity(identity);
    }

    private static bool IsCandidate(ulong address) =>
        address != 0 && (address & (Group | Local)) == 0 && !_reserved.Contains(address);

    /// <summary>
    /// The identity's first six bytes as Open vSwitch has them in memory: four words of the host's order, which is little-endian
    /// (<c>bridge_create</c>). A local address of one host.
    /// </summary>
    private static ulong OfIdentity(Guid identity)
    {
        Span<byte> text = stackalloc byte[16];
        identity.TryWriteBytes(text, bigEndian: true, out _);
        Span<byte> words = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt32LittleEndian(words, BinaryPrimitives.ReadUInt32BigEndian(text));
        BinaryPrimitives.WriteUInt32LittleEndian(words[4..], BinaryPrimitives.ReadUInt32BigEndian(text[4..]));
        ulong address = BinaryPrimitives.ReadUInt64BigEndian(words) >> (64 - AddressBits);
        return (address & ~Group) | Local;
    }
}
