namespace UpcallActors.Switch.Tests;

/// <summary>
/// Flows that come to and go from table 1, while its limit changes and what becomes of flows over it. No two of the flows are as important
/// and expire in the same second, so that it is certain which goes. A seed, a script.
/// </summary>
internal sealed class ScriptOfLimits(int seed)
{
    private readonly Random _random = new(seed);
    private int _flows;

    /// <summary>The next call of <c>ovs-ofctl</c>; null for another configuration of the table.</summary>
    public string[]? Next() => _random.Next(20) switch
    {
        < 13 => ["-O", "OpenFlow15", "add-flow", "BRIDGE", NextFlow()],
        < 15 => ["-O", "OpenFlow15", "del-flows", "BRIDGE", $"table=1,udp,tp_dst={_random.Next(1, _flows + 2)}"],
        < 17 => ["-O", "OpenFlow15", "--bundle", "add-flow", "BRIDGE", NextFlow()],
        _ => null,
    };

    /// <summary>How many flows the table may have from now on, and whether it evicts.</summary>
    public (int? Limit, bool Evicts) NextLimit() => (_random.Next(5) == 0 ? null : _random.Next(0, 8), _random.Next(2) == 0);

    private string NextFlow()
    {
        _flows++;
        string timeout = _random.Next(4) == 0 ? "" : $"{(_random.Next(2) == 0 ? "hard" : "idle")}_timeout={1000 + 20 * _flows},";
        return $"table=1,importance={_random.Next(3)},{timeout}in_port={_random.Next(1, 4)},udp,tp_dst={_flows},actions=drop";
    }
}
