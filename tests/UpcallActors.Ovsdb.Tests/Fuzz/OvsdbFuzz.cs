using System.Text;
using System.Text.Json.Nodes;
using UpcallActors.Linux;

namespace UpcallActors.Ovsdb.Tests.Fuzz;

/// <summary>Fuzz targets of what a server says.</summary>
public static class OvsdbFuzz
{
    private const int Longest = 1 << 16;

    private const string Schema = """
        {"name":"Open_vSwitch","version":"8.3.1","tables":{"Bridge":{"columns":{"name":{"type":"string"},
        "ports":{"type":{"key":{"type":"uuid"},"min":0,"max":"unlimited"}},"fail_mode":{"type":{"key":"string","min":0,"max":1}},
        "other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}}}}
        """;

    /// <summary>What begins a session, so that an input is about what comes then.</summary>
    private static readonly string[] _beginning =
    [
        """
        {"id":1,"error":null,"result":{"name":"_Server","version":"1.2.0","tables":{"Database":{"columns":{"name":{"type":"string"},
        "model":{"type":"string"},"connected":{"type":"boolean"},"leader":{"type":"boolean"},
        "schema":{"type":{"key":"string","min":0,"max":1}}}}}}}
        """,
        """{"id":2,"result":{"locked":true},"error":null}""",
    ];

    internal static string[] Seeds { get; } =
    [
        """
        {"id":3,"error":null,"result":{"Database":{"565a6189-5c83-4a4c-8a6c-28a60debab41":{"initial":{"connected":true,"leader":true,
        "model":"standalone","name":"Open_vSwitch","schema":
        """ + JsonValue.Create(Schema).ToJsonString() + """
        }}}}}
        {"id":4,"error":null,"result":[false,"00000000-0000-0000-0000-000000000000",{"Bridge":{"d6aff4df-8655-4992-85c6-203170223eb6":
        {"initial":{"name":"br0","other_config":["map",[["a","b"]]],"ports":["uuid","8d7002af-18a5-4502-b320-30acfba37ef4"]}}}}]}
        {"id":null,"method":"update3","params":[["monid","Open_vSwitch"],"0",{"Bridge":{"d6aff4df-8655-4992-85c6-203170223eb6":
        {"modify":{"fail_mode":"secure","other_config":["map",[["a","b"],["c","d"]]],"ports":["set",[]]}}}}]}
        {"id":null,"method":"update3","params":[["monid","Open_vSwitch"],"0",{"Bridge":{"d6aff4df-8655-4992-85c6-203170223eb6":
        {"delete":null}}}]}
        """,
    ];

    internal static string[] Tokens { get; } =
    [
        "{", "}", "[", "]", "\"", "\\", "\\ud800", ",", ":", "null", "0", "-1", "1e999", " ", "\n", "true", "id", "result", "error",
        "method", "[\"set\",[]]", "[\"map\",[]]", "\"update2\"", "\"modify\"", "\"insert\"",
        "\"delete\"", "\"new\"", "\"old\"", "\"update\"",
    ];

    /// <summary>What a session makes of an input, for people.</summary>
    internal static string Events(string input) => Events(Encoding.UTF8.GetBytes(input), Longest);

    /// <summary>
    /// Any bytes end a session with a reason or leave it whole; the same in one piece and in many, and no event comes behind the end.
    /// </summary>
    public static void Run(ReadOnlySpan<byte> input) => Events(input, 7).ShouldBe(Events(input, Longest));

    private static string Events(ReadOnlySpan<byte> input, int piece)
    {
        var session = new OvsdbSession(new OvsdbSessionOptions(SwitchSchema.Database, SwitchSchema.Lock, SwitchSchema.Watched));
        var events = new List<SessionEvent>();
        session.Begin();
        foreach (string message in _beginning)
            session.Receive(Encoding.UTF8.GetBytes(message), events);
        var objects = new JsonObjectStream(Longest);
        JsonStreamState state = JsonStreamState.NeedsMore;
        while (!input.IsEmpty && state != JsonStreamState.Broken)
        {
            int length = Math.Min(Math.Min(piece, input.Length), objects.Free.Length);
            input[..length].CopyTo(objects.Free.Span);
            objects.Added(length);
            input = input[length..];
            while ((state = objects.TryTake(out ReadOnlyMemory<byte> message)) == JsonStreamState.Object)
                session.Receive(message, events);
        }

        int end = events.FindIndex(one => one is SessionEnded);
        end.ShouldBeOneOf(-1, events.Count - 1);
        return string.Join('\n', events.Select(one => one is ContentsChanged changed
            ? string.Join(' ', changed.Changes.Select(row => $"{row.Kind} {row.Table} {row.Uuid} {string.Join(',', row.Columns)}"))
            : one.ToString()));
    }
}
