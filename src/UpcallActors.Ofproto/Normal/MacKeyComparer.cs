using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// Hashes a VLAN and a MAC address, which a sender chooses. The number's own hash folds its halves, so chosen addresses could make one
/// chain of a whole table.
/// </summary>
internal sealed class MacKeyComparer : IEqualityComparer<ulong>
{
    private readonly KeyedHash _hash = KeyedHash.Create();

    public bool Equals(ulong x, ulong y) => x == y;

    public int GetHashCode(ulong obj) => (int)_hash.Compute(obj);
}
