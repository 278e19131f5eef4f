using System.Net;

namespace UpcallActors.Linux;

/// <summary>Where a packet goes first on its way.</summary>
/// <param name="Device">The index of the device that it leaves by.</param>
/// <param name="Gateway">Whom it is given to; null when that is its destination.</param>
internal sealed record NextHop(int Device, IPAddress? Gateway);
