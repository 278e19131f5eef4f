using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace UpcallActors.Ovsdb;

/// <summary>
/// What is said on one connection to a server, without the connection: it takes the objects that come, has the bytes that are to be sent,
/// and says what has happened. It asks for the lock, learns from the server's own database what ours looks like, watches it, and makes
/// transactions (<c>ovsdb-cs.c</c>). Single owner.
/// </summary>
internal sealed partial class OvsdbSession
{
    private const string ServerDatabase = "_Server";
    private const string NoTransaction = "00000000-0000-0000-0000-000000000000";

    private static readonly ImmutableArray<string> _serverColumns = ["name", "model", "connected", "leader", "schema", "cid", "index"];

    private readonly OvsdbSessionOptions _options;
    private readonly ArrayBufferWriter<byte> _outgoing = new();
    private readonly Dictionary<long, Request> _requests = [];
    private OvsdbCache _server = OvsdbCache.Empty;
    private string _schemaText = "";
    private OvsdbSchema? _schema;
    private long _next = 1;
    private bool _isSchemaAsked;
    private bool _isEnded;

    public OvsdbSession(OvsdbSessionOptions options) => _options = options;

    /// <summary>What was asked, to know the answer by.</summary>
    private enum Request
    {
        ServerSchema,
        Lock,
        ServerMonitor,
        Schema,
        MonitorSince,
        MonitorConditional,
        Monitor,
        Transaction,
        ChangeAware,
        Echo,
    }

    /// <summary>The copy of the database; empty until <see cref="ContentsArrived"/>.</summary>
    public OvsdbCache Cache { get; private set; } = OvsdbCache.Empty;

    /// <summary>Whether we have the lock.</summary>
    public bool HasLock { get; private set; }

    /// <summary>Whether the copy is whole.</summary>
    public bool IsWatching { get; private set; }

    /// <summary>Whether a transaction is out.</summary>
    public bool IsTransacting => _requests.ContainsValue(Request.Transaction);

    /// <summary>Bytes that are to be sent.</summary>
    public ReadOnlyMemory<byte> Outgoing => _outgoing.WrittenMemory;

    /// <summary>Says that <see cref="Outgoing"/> was taken.</summary>
    public void Sent() => _outgoing.ResetWrittenCount();

    /// <summary>The connection is there.</summary>
    public void Begin()
    {
        Ask(Request.ServerSchema, "get_schema", writer => writer.WriteStringValue(ServerDatabase));
        if (_options.Lock is { } wanted)
            Ask(Request.Lock, "lock", writer => writer.WriteStringValue(wanted));
    }

    /// <summary>Asks the server for a sign of life; whatever it says is one.</summary>
    public void Probe() => Ask(Request.Echo, "echo", _ => { });

    /// <summary>Sends a transaction; its number, which <see cref="TransactionEnded"/> has.</summary>
    public long Transact(OvsdbTransaction transaction) =>
        Send(Request.Transaction, "transact", writer => transaction.Write(writer, _options.Database, _options.Lock));

    /// <summary>Takes an object that the server has sent.</summary>
    public void Receive(ReadOnlyMemory<byte> message, List<SessionEvent> events)
    {
        if (_isEnded)
            return;
        try
        {
            using var document = JsonDocument.Parse(message);
            Receive(document.RootElement, events);
        }
        catch (JsonException malformed)
        {
            End($"no JSON: {malformed.Message}", events);
        }
        catch (InvalidOperationException)
        {
            // What JsonElement.GetString throws for halves of surrogate pairs.
            End("a string is not Unicode", events);
        }
    }

    private void Receive(JsonElement message, List<SessionEvent> events)
    {
        if (message.TryGetProperty("method", out JsonElement method) && method.ValueKind == JsonValueKind.String)
        {
            message.TryGetProperty("params", out JsonElement parameters);
            if (message.TryGetProperty("id", out JsonElement asked) && asked.ValueKind is not JsonValueKind.Null)
                Answer(method.GetString()!, asked, parameters);
            else
                Note(method.GetString()!, parameters, events);
            return;
        }

        if (!message.TryGetProperty("id", out JsonElement id) || id.ValueKind != JsonValueKind.Number || !id.TryGetInt64(out long number)
            || !_requests.Remove(number, out Request request))
        {
            End("an answer that nothing was asked for", events);
            return;
        }

        bool isError = message.TryGetProperty("error", out JsonElement error) && error.ValueKind is not JsonValueKind.Null;
        message.TryGetProperty("result", out JsonElement result);
        if (isError)
            NoteError(request, number, error, events);
        else
            NoteResult(request, number, result, events);
    }

    private void NoteResult(Request request, long number, JsonElement result, List<SessionEvent> events)
    {
        switch (request)
        {
            case Request.ServerSchema:
                WatchServer(result, events);
                break;
            case Request.Lock:
                SetLock(result.ValueKind == JsonValueKind.Object && result.TryGetProperty("locked", out JsonElement held)
                    && held.ValueKind == JsonValueKind.True, events);
                break;
            case Request.ServerMonitor:
                NoteServer(result, events);
                break;
            case Request.Schema:
                WatchAs(result, events);
                break;
            case Request.MonitorSince when result.ValueKind == JsonValueKind.Array && result.GetArrayLength() == 3:
                TakeContents(result[2], UpdateForm.Difference, events);
                break;
            case Request.MonitorConditional:
                TakeContents(result, UpdateForm.Difference, events);
                break;
            case Request.Monitor:
                TakeContents(result, UpdateForm.OldAndNew, events);
                break;
            case Request.Transaction:
                events.Add(new TransactionEnded(number, ErrorIn(result)));
                break;
            case Request.ChangeAware or Request.Echo:
                break;
            default:
                End($"the answer to {request} cannot be read", events);
                break;
        }
    }

    /// <summary>What an older server does not know is asked for in an older way (<c>ovsdb_cs_process_response</c>).</summary>
    private void NoteError(Request request, long number, JsonElement error, List<SessionEvent> events)
    {
        switch (request)
        {
            case Request.ServerSchema or Request.ServerMonitor:
                Ask(Request.Schema, "get_schema", writer => writer.WriteStringValue(_options.Database));
                break;
            case Request.MonitorSince:
                Watch(Request.MonitorConditional);
                break;
            case Request.MonitorConditional:
                Watch(Request.Monitor);
                break;
            case Request.Monitor when !_isSchemaAsked:
                // A server whose schema was converted may still show the old one in its own database (3.1 does).
                _isSchemaAsked = true;
                Ask(Request.Schema, "get_schema", writer => writer.WriteStringValue(_options.Database));
                break;
            case Request.Transaction:
                events.Add(new TransactionEnded(number, error.GetRawText()));
                break;
            case Request.ChangeAware or Request.Echo:
                break;
            default:
                End($"the server refuses {request}: {error.GetRawText()}", events);
                break;
        }
    }

    private void Answer(string method, JsonElement id, JsonElement parameters)
    {
        bool isEcho = method == "echo";
        using var writer = new Utf8JsonWriter(_outgoing);
        writer.WriteStartObject();
        writer.WritePropertyName("id");
        id.WriteTo(writer);
        writer.WritePropertyName("result");
        if (isEcho && parameters.ValueKind != JsonValueKind.Undefined)
            parameters.WriteTo(writer);
        else
            writer.WriteNullValue();
        if (isEcho)
            writer.WriteNull("error");
        else
            writer.WriteString("error", "unknown method");
        writer.WriteEndObject();
    }

    private void Note(string method, JsonElement parameters, List<SessionEvent> events)
    {
        int count = parameters.ValueKind == JsonValueKind.Array ? parameters.GetArrayLength() : 0;
        switch (method)
        {
            case "update3" when count == 3:
                Update(parameters[0], parameters[2], UpdateForm.Difference, events);
                break;
            case "update2" when count == 2:
                Update(parameters[0], parameters[1], UpdateForm.Difference, events);
                break;
            case "update" when count == 2:
                Update(parameters[0], parameters[1], UpdateForm.OldAndNew, events);
                break;
            case "locked" when IsOurs(parameters, count):
                SetLock(true, events);
                break;
            case "stolen" when IsOurs(parameters, count):
                SetLock(false, events);
                break;
            case "monitor_canceled":
                End("the server has dropped the database", events, isAtOnce: true);
                break;
            case "update" or "update2" or "update3":
                End($"an {method} that cannot be read", events);
                break;
        }
    }

    private bool IsOurs(JsonElement parameters, int count) =>
        count == 1 && parameters[0].ValueKind == JsonValueKind.String && parameters[0].ValueEquals(_options.Lock);

    private void SetLock(bool isHeld, List<SessionEvent> events)
    {
        HasLock = isHeld;
        events.Add(new LockChanged(isHeld));
    }

    private void Ask(Request request, string method, Action<Utf8JsonWriter> parameters) =>
        Send(request, method, writer =>
        {
            writer.WriteStartArray();
            parameters(writer);
            writer.WriteEndArray();
        });

    private long Send(Request request, string method, Action<Utf8JsonWriter> parameters)
    {
        long number = _next++;
        _requests.Add(number, request);
        using var writer = new Utf8JsonWriter(_outgoing);
        writer.WriteStartObject();
        writer.WriteNumber("id", number);
        writer.WriteString("method", method);
        writer.WritePropertyName("params");
        parameters(writer);
        writer.WriteEndObject();
        return number;
    }

    private void End(string reason, List<SessionEvent> events, bool isAtOnce = false)
    {
        _isEnded = true;
        events.Add(new SessionEnded(reason, isAtOnce));
    }

    /// <summary>The first operation that failed; an aborted transaction has its error in one of the results.</summary>
    private static string? ErrorIn(JsonElement results)
    {
        if (results.ValueKind != JsonValueKind.Array)
            return "the result is no array";
        foreach (JsonElement result in results.EnumerateArray())
        {
            if (result.ValueKind == JsonValueKind.Object && result.TryGetProperty("error", out JsonElement error)
                && error.ValueKind == JsonValueKind.String)
            {
                string details = result.TryGetProperty("details", out JsonElement said) && said.ValueKind == JsonValueKind.String
                    ? $": {said.GetString()}" : "";
                return error.GetString() + details;
            }
        }

        return null;
    }
}
