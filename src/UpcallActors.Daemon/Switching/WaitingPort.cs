using UpcallActors.Odp;

namespace UpcallActors.Daemon.Switching;

/// <summary>
/// A port of the configuration that is not in the datapath, and is tried again when devices change and from time to time.
/// </summary>
/// <param name="Bridge">Its bridge.</param>
/// <param name="Number">Its OpenFlow port number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is to be.</param>
/// <param name="Reason">What is in its way, in words.</param>
/// <param name="IsRefused">Whether it was refused, rather than its device missing.</param>
internal sealed record WaitingPort(string Bridge, uint Number, string Name, PortKind Kind, string Reason, bool IsRefused);
