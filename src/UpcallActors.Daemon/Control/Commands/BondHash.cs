using System.Numerics;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// The hash by which Open vSwitch spreads MAC addresses over a bond's members (<c>hash_mac</c> in lib/hash.h, MurmurHash3's steps).
/// </summary>
internal static class BondHash
{
    private const int VlanShift = 48;
    private const uint Bytes = 8;

    /// <summary>The hash of a MAC address in a VLAN.</summary>
    public static uint Of(ulong station, ushort vlan, uint basis)
    {
        ulong both = station | ((ulong)vlan << VlanShift);
        return Finish(Add(Add(basis, (uint)both), (uint)(both >> 32)));
    }

    private static uint Add(uint hash, uint data)
    {
        data *= 0xcc9e2d51;
        data = BitOperations.RotateLeft(data, 15) * 0x1b873593;
        return (BitOperations.RotateLeft(hash ^ data, 13) * 5) + 0xe6546b64;
    }

    private static uint Finish(uint hash)
    {
        hash ^= Bytes;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }
}
