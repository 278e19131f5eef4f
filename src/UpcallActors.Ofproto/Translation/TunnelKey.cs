using System.Globalization;

namespace UpcallActors.Ofproto;

/// <summary>
/// The key (network identifier) of a tunnel's packets in one direction: none, a number, or what flows read or write as <c>tun_id</c>.
/// </summary>
public readonly record struct TunnelKey
{
    /// <summary>No key; of packets that come in, the same as 0.</summary>
    public static TunnelKey None => default;

    /// <summary>Flows say which (<c>key=flow</c>).</summary>
    public static TunnelKey Flow => new() { IsPresent = true, IsFlow = true };

    /// <summary>Whether packets that go out have a key.</summary>
    public bool IsPresent { get; private init; }

    /// <summary>Whether flows say which.</summary>
    public bool IsFlow { get; private init; }

    /// <summary>The number; 0 where there is none.</summary>
    public ulong Number { get; private init; }

    /// <summary>Always the same key.</summary>
    public static TunnelKey Of(ulong number) => new() { IsPresent = true, Number = number };

    /// <summary>As in <c>options:key</c>; <c>none</c> for no key.</summary>
    public override string ToString() => !IsPresent ? "none" : IsFlow ? "flow" : Number.ToString(CultureInfo.InvariantCulture);
}
