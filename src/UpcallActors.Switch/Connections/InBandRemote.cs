using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace UpcallActors.Switch;

/// <summary>Where a controller is that a bridge reaches through itself.</summary>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="Port">Its TCP port.</param>
internal readonly record struct InBandRemote(IPAddress Address, ushort Port)
{
    /// <summary>Those of a bridge, in the order of its controllers (<c>update_in_band_remotes</c>).</summary>
    public static ImmutableArray<InBandRemote> Of(BridgeConfiguration bridge) =>
    [
        .. bridge.Controllers.Where(controller => !bridge.DisableInBand && IsWanted(controller, out _))
            .Select(Of).OfType<InBandRemote>(),
    ];

    /// <summary>
    /// Whether a controller is to be reached so and cannot be. Names are looked up when the bridge connects, which takes packets that
    /// no rule lets pass.
    /// </summary>
    public static bool IsUnknown(ControllerConfiguration controller) => IsWanted(controller, out _) && Of(controller) is null;

    private static InBandRemote? Of(ControllerConfiguration controller) =>
        IsWanted(controller, out ConnectionTarget? target)
        && IPAddress.TryParse(target!.Host, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork
            ? new InBandRemote(address, (ushort)target.Port)
            : null;

    private static bool IsWanted(ControllerConfiguration controller, out ConnectionTarget? target) =>
        ConnectionTarget.TryParse(controller.Target, out target) && controller.ConnectionMode == ConnectionMode.InBand
        && target is { IsActive: true, Transport: Transport.Tcp or Transport.Tls };
}
