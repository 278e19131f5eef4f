using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>Reads what the host counts of its devices.</summary>
internal static class DeviceCounting
{
    /// <summary>The counters by the devices' indexes; those that cannot be read are not there.</summary>
    public static IReadOnlyDictionary<int, DeviceCounters> Of(HostLinks links)
    {
        var counted = new Dictionary<int, DeviceCounters>();
        links.Count((index, of) => counted[index] = new DeviceCounters(
            of[LinkCounter.Multicast], of[LinkCounter.Collisions], of[LinkCounter.RxOverErrors], of[LinkCounter.RxCrcErrors],
            of[LinkCounter.RxFrameErrors], of[LinkCounter.RxMissedErrors]));
        return counted;
    }
}
