using System.Collections.Immutable;
using System.Text.Json;

namespace UpcallActors.Ovsdb;

/// <content>How the copies of the server's database and of ours come about.</content>
internal sealed partial class OvsdbSession
{
    private void WatchServer(JsonElement schema, List<SessionEvent> events)
    {
        if (!OvsdbSchema.TryRead(schema, out OvsdbSchema? read, out string problem))
        {
            End(problem, events);
            return;
        }

        _server = new OvsdbCache(read, new Dictionary<string, ImmutableArray<string>> { ["Database"] = _serverColumns });
        Ask(Request.ServerMonitor, "monitor_cond", writer => WriteMonitor(writer, ServerDatabase, _server));
    }

    /// <summary>The server's own database says what ours looks like, and whether the server can be used for it.</summary>
    private void NoteServer(JsonElement contents, List<SessionEvent> events)
    {
        if (!_server.TryApply(contents, UpdateForm.Difference, [], out string problem))
        {
            End(problem, events);
            return;
        }

        CheckServer(events);
    }

    private void CheckServer(List<SessionEvent> events)
    {
        OvsdbRow? ours = _server.Rows("Database").FirstOrDefault(row => row.Text("name") == _options.Database);
        if (ours is null)
        {
            End($"the server has no database {_options.Database}", events);
            return;
        }

        if (ours.Text("model") == "clustered" && (ours.Boolean("connected") != true || ours.Boolean("leader") != true))
        {
            End("the server is not the leader of its cluster", events);
            return;
        }

        string schema = ours.Text("schema") ?? "";
        if (schema.Length == 0)
        {
            End("the server has no schema yet", events);
            return;
        }

        if (schema == _schemaText)
            return;
        bool isFirst = _schemaText.Length == 0;
        _schemaText = schema;
        if (!isFirst)
        {
            End("the schema has changed", events, isAtOnce: true);
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(schema);
            WatchAs(document.RootElement, events);
        }
        catch (JsonException malformed)
        {
            End($"the schema is no JSON: {malformed.Message}", events);
        }
    }

    /// <summary>Begins to watch a database of this schema.</summary>
    private void WatchAs(JsonElement schema, List<SessionEvent> events)
    {
        if (!OvsdbSchema.TryRead(schema, out _schema, out string problem))
        {
            End(problem, events);
            return;
        }

        Watch(Request.MonitorSince);
        // Or the server would drop us when the schema is converted. One that is too old for it refuses, and does no harm.
        Ask(Request.ChangeAware, "set_db_change_aware", writer => writer.WriteBooleanValue(true));
    }

    private void Watch(Request request)
    {
        var wanted = new OvsdbCache(_schema!, _options.Tables);
        string method = request switch
        {
            Request.MonitorSince => "monitor_cond_since",
            Request.MonitorConditional => "monitor_cond",
            _ => "monitor",
        };
        Ask(request, method, writer =>
        {
            WriteMonitor(writer, _options.Database, wanted);
            if (request == Request.MonitorSince)
                writer.WriteStringValue(NoTransaction);
        });
    }

    /// <summary>What the server has of before is of no use: it is the whole contents that come, always.</summary>
    private void TakeContents(JsonElement contents, UpdateForm form, List<SessionEvent> events)
    {
        var cache = new OvsdbCache(_schema!, _options.Tables);
        if (!cache.TryApply(contents, form, [], out string problem))
        {
            End(problem, events);
            return;
        }

        Cache = cache;
        IsWatching = true;
        events.Add(new ContentsArrived());
    }

    private void Update(JsonElement monitor, JsonElement updates, UpdateForm form, List<SessionEvent> events)
    {
        bool isServer = monitor.ValueKind == JsonValueKind.Array && monitor.GetArrayLength() == 2
            && monitor[1].ValueKind == JsonValueKind.String && monitor[1].ValueEquals(ServerDatabase);
        var changes = new List<RowUpdate>();
        if (!(isServer ? _server : Cache).TryApply(updates, form, changes, out string problem))
        {
            End(problem, events);
            return;
        }

        if (isServer)
            CheckServer(events);
        else if (changes.Count > 0)
            events.Add(new ContentsChanged([.. changes]));
    }

    /// <summary><c>DATABASE, ["monid", DATABASE], {TABLE: [{"columns": [NAME, …]}]}</c>.</summary>
    private static void WriteMonitor(Utf8JsonWriter writer, string database, OvsdbCache wanted)
    {
        writer.WriteStringValue(database);
        writer.WriteStartArray();
        writer.WriteStringValue("monid");
        writer.WriteStringValue(database);
        writer.WriteEndArray();
        writer.WriteStartObject();
        foreach (OvsdbTable table in wanted.Tables)
        {
            writer.WriteStartArray(table.Name);
            writer.WriteStartObject();
            writer.WriteStartArray("columns");
            foreach (OvsdbColumn column in table.Columns)
                writer.WriteStringValue(column.Name);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}

/// <summary>What a session is for.</summary>
/// <param name="Database">The database's name.</param>
/// <param name="Lock">The lock that a transaction needs; null for none.</param>
/// <param name="Tables">The tables and columns that are watched, as far as the server has them.</param>
internal sealed record OvsdbSessionOptions(string Database, string? Lock, IReadOnlyDictionary<string, ImmutableArray<string>> Tables);
