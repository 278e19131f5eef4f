using System.Text;
using System.Text.Json.Nodes;

namespace UpcallActors.Ovsdb.Tests;

/// <summary>What a real server has said to the real switch, said to ours.</summary>
public sealed class RecordedSessionTests
{
    private static readonly string[] _lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Recordings", "ovs-vswitchd.txt"));

    /// <summary>The schema is not in the recording: it is the server's file.</summary>
    private static IEnumerable<string> FromServer => _lines.Where(line => line[0] == '<').Select(line => line[2..].Replace(
        "\"SCHEMA\"", JsonValue.Create(File.ReadAllText(DatabaseServer.Schema)).ToJsonString(), StringComparison.Ordinal));

    private static JsonNode[] FromSwitch => [.. _lines.Where(line => line[0] == '>').Select(line => JsonNode.Parse(line[2..])!)];

    [DatabaseFact]
    public void It_asks_for_the_lock_and_watches_the_same_columns_as_the_real_switch()
    {
        var events = new List<SessionEvent>();
        JsonNode[] asked = [.. Replay(events, transacts: false).SelectMany(Split)];

        JsonNode[] recorded = FromSwitch;
        foreach (string method in (string[])["get_schema", "lock", "monitor_cond", "monitor_cond_since", "set_db_change_aware"])
            Parameters(asked, method).ShouldBe(Parameters(recorded, method), method);
        events[0].ShouldBe(new LockChanged(IsHeld: true));
        events[1].ShouldBeOfType<ContentsArrived>();
    }

    [DatabaseFact]
    public void It_keeps_a_copy_through_all_that_the_server_tells()
    {
        var events = new List<SessionEvent>();
        OvsdbSession session = Replay(events, out _, transacts: true);

        events.OfType<SessionEnded>().ShouldBeEmpty();
        events.OfType<TransactionEnded>().Count().ShouldBe(FromSwitch.Count(one => (string?)one["method"] == "transact"));
        events.OfType<TransactionEnded>().ShouldAllBe(ended => ended.Error == null);
        OvsdbRow global = session.Cache.Rows("Open_vSwitch").ShouldHaveSingleItem();
        global.Integer("cur_cfg").ShouldBe(global.Integer("next_cfg"));
        global.References("bridges").ShouldBe(session.Cache.Rows("Bridge").Select(row => row.Uuid), ignoreOrder: true);
    }

    /// <summary>Columns have no order, and lists of them are compared sorted.</summary>
    private static string[] Parameters(IEnumerable<JsonNode> messages, string method) =>
        [.. messages.Where(one => (string?)one["method"] == method).Select(one => Sorted(one["params"]!).ToJsonString())];

    private static JsonNode Sorted(JsonNode node)
    {
        if (node is JsonArray array)
        {
            JsonNode[] items = [.. array.Select(item => Sorted(item!))];
            bool isColumns = array.Parent is JsonObject && array.GetPropertyName() == "columns";
            if (isColumns)
                items = [.. items.OrderBy(item => (string?)item, StringComparer.Ordinal)];
            return new JsonArray(items);
        }

        return node is JsonObject members
            ? new JsonObject(members.OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => KeyValuePair.Create(one.Key, (JsonNode?)Sorted(one.Value!))))
            : node.DeepClone();
    }

    private static List<string> Replay(List<SessionEvent> events, bool transacts)
    {
        Replay(events, out List<string> sent, transacts);
        return sent;
    }

    /// <summary>Answers have the numbers of our questions; those to transactions are given when we have made as many.</summary>
    private static OvsdbSession Replay(List<SessionEvent> events, out List<string> sent, bool transacts)
    {
        var session = new OvsdbSession(new OvsdbSessionOptions(SwitchSchema.Database, SwitchSchema.Lock, SwitchSchema.Watched));
        sent = [];
        session.Begin();
        Take(session, sent);
        Dictionary<string, string> methods = FromSwitch.ToDictionary(one => one["id"]!.ToJsonString(), one => (string)one["method"]!);
        foreach (string line in FromServer)
        {
            JsonNode message = JsonNode.Parse(line)!;
            if (message["id"] is { } id && message["method"] is null)
            {
                if (methods[id.ToJsonString()] is "transact" or "echo")
                {
                    if (!transacts)
                        return session;
                    message["id"] = methods[id.ToJsonString()] == "transact" ? session.Transact(new OvsdbTransaction()) : Probe(session);
                }
                else
                {
                    message["id"] = NumberOf(sent, methods[id.ToJsonString()]);
                }
            }

            session.Receive(Encoding.UTF8.GetBytes(message.ToJsonString()), events);
            Take(session, sent);
        }

        return session;
    }

    private static long Probe(OvsdbSession session)
    {
        session.Sent();
        session.Probe();
        return (long)JsonNode.Parse(session.Outgoing.Span)!["id"]!;
    }

    private static long NumberOf(List<string> sent, string method) =>
        (long)sent.SelectMany(Split).Last(one => (string?)one["method"] == method)["id"]!;

    private static void Take(OvsdbSession session, List<string> sent)
    {
        if (!session.Outgoing.IsEmpty)
            sent.Add(Encoding.UTF8.GetString(session.Outgoing.Span));
        session.Sent();
    }

    private static IEnumerable<JsonNode> Split(string sent) =>
        sent.Replace("}{\"id\"", "}\n{\"id\"", StringComparison.Ordinal).Split('\n').Select(line => JsonNode.Parse(line)!);
}
