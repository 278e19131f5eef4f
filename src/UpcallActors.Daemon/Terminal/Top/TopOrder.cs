namespace UpcallActors.Daemon.Terminal.Top;

/// <summary>What ports are sorted by, the most first.</summary>
internal sealed class TopOrder
{
    private static readonly TopOrder[] _all =
    [
        new("upcalls", port => port.Upcalls),
        new("shed", port => port.Shed),
        new("rx", port => port.RxPackets ?? 0),
        new("tx", port => port.TxPackets ?? 0),
        new("name", _ => 0),
    ];

    private readonly Func<PortRates, double> _key;

    private TopOrder(string name, Func<PortRates, double> key)
    {
        Name = name;
        _key = key;
    }

    /// <summary>The names of all orders.</summary>
    public static string[] Names => [.. _all.Select(order => order.Name)];

    /// <summary>The usual one.</summary>
    public static TopOrder Usual => _all[0];

    /// <summary>The order's name.</summary>
    public string Name { get; }

    /// <summary>The one behind it.</summary>
    public TopOrder Next => _all[(Array.IndexOf(_all, this) + 1) % _all.Length];

    /// <summary>The order of a name that there is.</summary>
    public static TopOrder Parse(string name) => Array.Find(_all, order => order.Name == name)!;

    /// <summary>The ports in this order; equal ones by name.</summary>
    public IEnumerable<PortRates> Of(IEnumerable<PortRates> ports) =>
        ports.OrderByDescending(_key).ThenBy(port => port.Port, StringComparer.Ordinal);
}
