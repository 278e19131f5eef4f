namespace UpcallActors.Odp;

/// <summary>What of a port's device is to be changed; what is null stays as it is.</summary>
public sealed record DeviceSettings
{
    /// <summary>Whether it is set up (<c>IFF_UP</c>).</summary>
    public bool? IsUp { get; init; }

    /// <summary>Its Ethernet address, 48 bits.</summary>
    public ulong? Address { get; init; }

    /// <summary>Its MTU, bytes behind the Ethernet header.</summary>
    public int? Mtu { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Join(
        ", ",
        new[] { IsUp switch { null => null, true => "up", false => "down" }, Address is null ? null : $"its address {Address:x12}",
            Mtu is null ? null : $"its MTU {Mtu}" }.OfType<string>());
}
