using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UpcallActors.OpenFlow;

/// <summary>
/// The names of a bridge's ports and tables in flow text, besides OpenFlow's own such as <c>LOCAL</c>. They are read in place of a number,
/// and printed on request (<c>ovs-ofctl --names</c>).
/// </summary>
public sealed class FlowNames
{
    private readonly FrozenDictionary<string, uint>.AlternateLookup<ReadOnlySpan<char>> _ports;
    private readonly FrozenDictionary<string, byte>.AlternateLookup<ReadOnlySpan<char>> _tables;
    private readonly FrozenDictionary<uint, string> _names;
    private readonly FrozenDictionary<byte, string> _tableNames;

    /// <summary>Names; of several for one number the first is printed.</summary>
    public FlowNames(IEnumerable<KeyValuePair<string, uint>> ports, IEnumerable<KeyValuePair<string, byte>>? tables = null)
    {
        KeyValuePair<string, uint>[] portPairs = [.. ports.DistinctBy(port => port.Key, StringComparer.Ordinal)];
        KeyValuePair<string, byte>[] tablePairs = [.. (tables ?? []).DistinctBy(table => table.Key, StringComparer.Ordinal)];
        _ports = portPairs.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _tables = tablePairs.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _names = portPairs.DistinctBy(port => port.Value).ToFrozenDictionary(port => port.Value, port => Quote(port.Key));
        _tableNames = tablePairs.DistinctBy(table => table.Value).ToFrozenDictionary(table => table.Value, table => Quote(table.Key));
    }

    /// <summary>Nothing has a name.</summary>
    public static FlowNames None { get; } = new([]);

    /// <summary>Finds a port by name, in double quotes or not.</summary>
    public bool TryGetPort(ReadOnlySpan<char> name, out uint port) => _ports.TryGetValue(Unquote(name), out port);

    /// <summary>Finds a table by name, in double quotes or not.</summary>
    public bool TryGetTable(ReadOnlySpan<char> name, out byte table) => _tables.TryGetValue(Unquote(name), out table);

    /// <summary>Appends a port: OpenFlow's name, the port's own, or its number.</summary>
    internal void AppendPort(StringBuilder text, uint port)
    {
        if (port < OpenFlowPorts.Maximum && _names.TryGetValue(port, out string? name))
            text.Append(name);
        else
            text.Append(OpenFlowPorts.Format(port));
    }

    /// <summary>Appends a table's name or number.</summary>
    internal void AppendTable(StringBuilder text, byte table)
    {
        if (_tableNames.TryGetValue(table, out string? name))
            text.Append(name);
        else
            text.Append(table);
    }

    /// <summary>Whether a table has a name, so that it is printed even where its number 0 would not be.</summary>
    internal bool HasTable(byte table) => _tableNames.ContainsKey(table);

    private static ReadOnlySpan<char> Unquote(ReadOnlySpan<char> name) => name is ['"', .., '"'] ? name[1..^1] : name;

    /// <summary>
    /// A name that is not a letter with letters and digits behind it is printed as a JSON string (<c>namemap_put_name</c>).
    /// </summary>
    private static string Quote(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(char.IsAsciiLetterOrDigit)
            ? name
            : $"\"{JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
