using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace UpcallActors.Ofproto;

/// <summary>
/// The meters of a bridge. A change is seen at once: it is the datapath that meters, by an id that stays the same when a meter is modified.
/// Read from any thread without a lock; changed by one.
/// </summary>
internal sealed class BridgeMeters
{
    /// <summary>Of packets that come up for the switch itself (<c>OFPM_SLOWPATH</c>); no flow can name it.</summary>
    public const uint Slowpath = 0xfffffffd;

    /// <summary>Of packets that come up for controllers (<c>OFPM_CONTROLLER</c>); no flow can name it.</summary>
    public const uint Controller = 0xfffffffe;

    private readonly ConcurrentDictionary<uint, Meter> _meters = new();

    /// <summary>All of them, by number.</summary>
    public ImmutableArray<Meter> All => [.. _meters.Values.OrderBy(meter => meter.Id)];

    /// <summary>A meter by its number in OpenFlow; null if there is none.</summary>
    public Meter? Find(uint id) => _meters.GetValueOrDefault(id);

    /// <summary>Adds a meter, or puts it in the place of the one of its number.</summary>
    public void Put(Meter meter) => _meters[meter.Id] = meter;

    /// <summary>Takes a meter out; what names it goes with it (<see cref="TableTransaction.Delete"/>).</summary>
    public void Remove(uint id) => _meters.TryRemove(id, out _);
}
