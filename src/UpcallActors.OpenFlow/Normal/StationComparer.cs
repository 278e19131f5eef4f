using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Hashes a VLAN and an Ethernet address, which whoever sends frames chooses: the number's own hash folds its halves, so that a table
/// full of addresses made for it would be one chain.
/// </summary>
internal sealed class StationComparer : IEqualityComparer<ulong>
{
    private readonly KeyedHash _hash = KeyedHash.Create();

    public bool Equals(ulong x, ulong y) => x == y;

    public int GetHashCode(ulong obj) => (int)_hash.Compute(obj);
}
