using System.Collections.Immutable;
using System.Globalization;
using UpcallActors.OpenFlow;
using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <summary>
/// Reads from a copy of the database what is wanted of the switch (<c>bridge_reconfigure</c>). It knows the numbers that interfaces had
/// when their rows were first seen: those of an earlier run. Single owner; it outlives a connection.
/// </summary>
internal sealed class DatabaseReader(DatabaseOptions options)
{
    private readonly Dictionary<Guid, uint?> _former = [];

    /// <summary>Reads the copy as it is, for a datapath of a type.</summary>
    public DatabaseContents Read(OvsdbCache cache, string datapathType)
    {
        ImmutableArray<string> types = DatapathTypes.Of(datapathType, options.Dummies);
        OvsdbRow? top = cache.Rows("Open_vSwitch").FirstOrDefault();
        var reading = new DatabaseReading(cache, options.Dummies, FormerNumberOf);
        IEnumerable<OvsdbRow> rows = top is null ? [] : cache.Rows("Bridge", top, "bridges");
        var bridges = ImmutableArray.CreateBuilder<BridgeConfiguration>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (OvsdbRow row in rows.OrderBy(row => row.Text("name"), StringComparer.Ordinal))
        {
            string name = row.Text("name") ?? "";
            if (name.Contains('/', StringComparison.Ordinal) || name.Contains('\\', StringComparison.Ordinal))
                reading.Problem($"ignoring bridge with invalid name \"{name}\"");
            else if (!types.Contains(row.Text("datapath_type") is { Length: > 0 } said ? said : "system"))
                reading.Unsupported(row, $"failed to create bridge {name}: datapath_type is not one of {string.Join(", ", types)}");
            else if (!names.Add(name))
                reading.Problem($"bridge {name} specified twice");
            else
                bridges.Add(BridgeRows.Read(reading, row, name));
        }

        if (top is not null)
        {
            foreach (string part in DatabaseSettings.UnsupportedIn(top))
                reading.Unsupported(top, part);
        }

        Forget(cache);
        return new DatabaseContents(
            new SwitchConfiguration
            {
                Settings = new SwitchSettings { RemovesOtherPorts = true },
                Bridges = new ValueList<BridgeConfiguration>(bridges.DrainToImmutable()),
            },
            top?.Integer("next_cfg") ?? 0)
        {
            Settings = top is null ? new DatabaseSettings() : DatabaseSettings.Read(top),
            Problems = reading.Problems,
            Bridges = reading.Bridges,
            Interfaces = reading.Interfaces,
            Controllers = reading.Controllers,
            Unsupported = reading.UnsupportedParts,
        };
    }

    /// <summary>The number that an interface's row had when it was seen first; what we write later is no news.</summary>
    private uint? FormerNumberOf(OvsdbRow row)
    {
        if (_former.TryGetValue(row.Uuid, out uint? former))
            return former;
        former = row.Integer("ofport") is { } number and > 0 and < OpenFlowPorts.Maximum ? (uint)number : null;
        _former.Add(row.Uuid, former);
        return former;
    }

    private void Forget(OvsdbCache cache)
    {
        OvsdbTable? interfaces = cache.Table("Interface");
        foreach (Guid gone in _former.Keys.Where(uuid => interfaces?.Find(uuid) is null).ToArray())
            _former.Remove(gone);
    }
}

/// <summary>A reading of the database under way.</summary>
/// <param name="cache">The copy.</param>
/// <param name="dummies">Which interfaces are connected to nothing.</param>
/// <param name="formerNumberOf">The number that an interface had in an earlier run.</param>
internal sealed class DatabaseReading(OvsdbCache cache, DummyInterfaces dummies, Func<OvsdbRow, uint?> formerNumberOf)
{
    private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
    private readonly Dictionary<Guid, string> _unsupported = [];

    /// <summary>What was said to be wrong, in order.</summary>
    public ImmutableArray<string> Problems => _problems.ToImmutable();

    /// <summary>See <see cref="DatabaseContents.Unsupported"/>.</summary>
    public IReadOnlyDictionary<Guid, string> UnsupportedParts => _unsupported;

    /// <summary>See <see cref="DatabaseContents.Bridges"/>.</summary>
    public Dictionary<string, Guid> Bridges { get; } = new(StringComparer.Ordinal);

    /// <summary>See <see cref="DatabaseContents.Interfaces"/>.</summary>
    public Dictionary<(string Bridge, string Name), Guid> Interfaces { get; } = [];

    /// <summary>See <see cref="DatabaseContents.Controllers"/>.</summary>
    public Dictionary<(string Bridge, string Target), Guid> Controllers { get; } = [];

    /// <summary>Which interfaces are connected to nothing.</summary>
    public DummyInterfaces Dummies => dummies;

    /// <summary>Says that something is wrong.</summary>
    public void Problem(string text) => _problems.Add(text);

    /// <summary>Says that the switch does not do something of a row.</summary>
    public void Unsupported(OvsdbRow row, string what) =>
        _unsupported[row.Uuid] = _unsupported.TryGetValue(row.Uuid, out string? before) ? $"{before}, {what}" : what;

    /// <summary>Says of columns that the switch does nothing about what they say, if they say anything.</summary>
    public void Unsupported(OvsdbRow row, ImmutableArray<(string Column, string Words)> columns)
    {
        foreach ((_, string words) in columns.Where(one => SaysSomething(row[one.Column])))
            Unsupported(row, words);
    }

    /// <summary>A column that has to have a value says nothing by the usual one.</summary>
    private static bool SaysSomething(OvsdbDatum datum) =>
        !datum.IsEmpty && datum.Keys[0] != OvsdbAtom.DefaultOf(datum.Keys[0].Type) && datum.Keys[0] != OvsdbAtom.Of("off");

    /// <summary>The rows of a table that a column names, as far as they are there.</summary>
    public IEnumerable<OvsdbRow> Rows(string table, OvsdbRow row, string column) => cache.Rows(table, row, column);

    /// <summary>The rows of a table that a map names, by their keys.</summary>
    public IEnumerable<(long Key, OvsdbRow Row)> RowsByNumber(string table, OvsdbRow row, string column)
    {
        OvsdbDatum map = row[column];
        for (int i = 0; i < map.Values.Length; i++)
        {
            if (cache.Table(table)?.Find(map.Values[i].Uuid) is { } named)
                yield return (map.Keys[i].Integer, named);
        }
    }

    /// <summary>The number that an interface had in an earlier run; null if none is known.</summary>
    public uint? FormerNumberOf(OvsdbRow row) => formerNumberOf(row);

    /// <summary>A whole number of a map of texts; null if there is none.</summary>
    public static long? NumberOf(OvsdbRow row, string column, string key) =>
        long.TryParse(row.Entry(column, key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
