using UpcallActors.Odp;

namespace UpcallActors.Switch;

/// <summary>An interface that is wanted and not in the datapath.</summary>
/// <param name="Bridge">Its bridge; empty when it is of none.</param>
/// <param name="Number">Its OpenFlow number; 0 when it has none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is to be.</param>
/// <param name="Reason">What is in its way, in words.</param>
/// <param name="IsRefused">Whether it was refused, rather than its device missing.</param>
public sealed record WaitingInterface(string Bridge, uint Number, string Name, PortKind Kind, string Reason, bool IsRefused)
{
    internal static WaitingInterface Of(string bridge, InterfaceState one) => new(
        bridge, one.Number ?? 0, one.Name, one.Kind, one.Reason ?? "", IsRefused: one.Status != InterfaceStatus.Waiting);
}
