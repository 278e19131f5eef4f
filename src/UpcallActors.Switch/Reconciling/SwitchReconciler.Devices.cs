using UpcallActors.Odp;

namespace UpcallActors.Switch;

/// <content>What ports' devices are set to: addresses and MTUs.</content>
internal sealed partial class SwitchReconciler
{
    /// <summary>That of a bridge without devices that have one (<c>ETH_PAYLOAD_MAX</c>).</summary>
    private const int UsualMtu = 1500;

    /// <summary>
    /// Sets devices to what is configured for them, as far as they differ. What a device does not take is said once, and left.
    /// </summary>
    private void SetDevices()
    {
        bool isAnySet = false;
        foreach (IGrouping<string, WantedInterface> bridge in _wanted.Where(one => one.Plan.Bridge is not null).GroupBy(one => one.Bridge))
        {
            BridgeConfiguration configuration = bridge.First().Plan.Bridge!;
            ulong? own = BridgeAddress.Of(configuration, bridge);
            int? least = LeastMtuOf(configuration, bridge);
            foreach (WantedInterface one in bridge.Where(HasDevice))
                isAnySet |= TrySet(one, DueOf(one, own, least));
        }

        if (isAnySet)
            Look();
    }

    /// <summary>
    /// Internal ports take the least MTU of the bridge's devices when that has changed, so that the host sends nothing that does not fit
    /// through the bridge (<c>update_mtu_ofproto</c>). Null when there is nothing to do.
    /// </summary>
    private int? LeastMtuOf(BridgeConfiguration configuration, IEnumerable<WantedInterface> interfaces)
    {
        if (configuration.Identity is null)
            return null;
        int least = interfaces.Where(one => one is { Found.Mtu: > 0 } && CountsForMtu(one))
            .Select(one => one.Found!.Mtu).DefaultIfEmpty(UsualMtu).Min();
        LiveBridge bridge = _bridges[configuration.Name];
        if (bridge.LeastMtu == least)
            return null;
        bridge.LeastMtu = least;
        return least;
    }

    private static bool HasDevice(WantedInterface one) =>
        one is { Found: not null, Plan.Request.Kind: PortKind.System or PortKind.Internal or PortKind.Dummy };

    /// <summary>Internal ports take part by what is asked for alone.</summary>
    private static bool CountsForMtu(WantedInterface one) =>
        one.Plan.Request.Kind is PortKind.System or PortKind.Dummy || one.Plan.Interface.RequestedMtu is not null;

    private static DeviceSettings DueOf(WantedInterface one, ulong? own, int? least)
    {
        bool isInternal = one.Plan.Request.Kind == PortKind.Internal;
        ulong? address = one.Plan.IsLocal ? own : isInternal ? one.Plan.Interface.Address : null;
        int? mtu = one.Plan.Interface.RequestedMtu ?? (isInternal ? least : null);
        return new DeviceSettings
        {
            Address = address == one.Found!.Address ? null : address,
            Mtu = mtu == one.Found.Mtu ? null : mtu,
        };
    }

    private bool TrySet(WantedInterface one, DeviceSettings due)
    {
        if (due is { Address: null, Mtu: null })
        {
            one.SettingRefused = null;
            return false;
        }

        if (one.SettingRefused == due.ToString())
            return false;
        try
        {
            _ports.Set(one.Device!, due);
            return true;
        }
        catch (DatapathException refused)
        {
            one.SettingRefused = due.ToString();
            _observer.DeviceRefuses(one.Bridge, one.Name, refused.Message);
            return false;
        }
    }
}
