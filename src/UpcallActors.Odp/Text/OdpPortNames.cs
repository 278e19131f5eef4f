namespace UpcallActors.Odp.Text;

/// <summary>A fixed set of port names.</summary>
internal sealed class OdpPortNames : IOdpPortNames
{
    private readonly Dictionary<uint, string> _names = [];
    private readonly Dictionary<string, uint> _numbers = new(StringComparer.Ordinal);

    /// <summary>Takes the names; of two ports with one number or one name the later one stays.</summary>
    public OdpPortNames(IEnumerable<KeyValuePair<uint, string>> names)
    {
        foreach ((uint number, string name) in names)
        {
            _names[number] = name;
            _numbers[name] = number;
        }
    }

    /// <summary>No names: ports are numbers.</summary>
    public static OdpPortNames None { get; } = new([]);

    /// <inheritdoc/>
    public string? NameOf(uint port) => _names.GetValueOrDefault(port);

    /// <inheritdoc/>
    public uint? NumberOf(string name) => _numbers.TryGetValue(name, out uint number) ? number : null;
}
