using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// Flows are taken or refused, and read, as ovs-ofctl and ovs-vswitchd 3.1 do: the recording has each line with what <c>dump-flows</c>
/// printed of it in the end,
/// or the error; and where this project differs, in a line with <c>here:</c>, what it does instead.
/// </summary>
public class RecordedFlowTests
{
    private static readonly string[] _lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "captures", "ofctl", "flows.txt"));

    // The same change has several forms, and which one is printed depends on the version of OpenFlow that is asked for.
    private static readonly string[] _formsOfChanges =
        ["set_", "load:", "mod_", "strip_vlan", "pop_vlan", "push_vlan", "enqueue", "goto_table"];

    [Fact]
    public void A_flow_is_taken_and_read_as_open_vswitch_does()
    {
        var wrong = new List<string>();
        int compared = 0;
        foreach ((string flow, string expected) in Expected())
        {
            string actual = Read(flow);
            compared++;
            if (!Agrees(actual, expected))
                wrong.Add($"{flow}\n    {expected}\n    here: {actual}");
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
        compared.ShouldBeGreaterThan(150);
    }

    private static IEnumerable<(string Flow, string Expected)> Expected()
    {
        for (int i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].Length == 0 || _lines[i][0] is ' ' or '#')
                continue;
            string expected = _lines[i + 1].Trim();
            if (i + 2 < _lines.Length && _lines[i + 2].Trim() is ['h', 'e', 'r', 'e', ':', .. string here])
                expected = here.Trim();
            yield return (_lines[i], expected);
        }
    }

    private static string Read(string flow)
    {
        try
        {
            var tables = new FlowTables();
            tables.Apply(FlowSyntax.ParseFlow(flow, names: new FlowNames([KeyValuePair.Create("p1", 1u), KeyValuePair.Create("p2", 2u)])));
            return tables.GetRules().Single().ToString();
        }
        catch (FlowSyntaxException refused)
        {
            return "refused: " + refused.Error.Message;
        }
    }

    private static bool Agrees(string actual, string expected)
    {
        if (expected.StartsWith("refused: ", StringComparison.Ordinal))
        {
            string error = expected["refused: ".Length..];
            return actual.StartsWith("refused: ", StringComparison.Ordinal)
                && (!error.StartsWith("OFP", StringComparison.Ordinal) || actual.Contains(error, StringComparison.Ordinal));
        }

        if (actual == expected)
            return true;
        string match = expected[..expected.IndexOf("actions=", StringComparison.Ordinal)];
        return actual.StartsWith(match + "actions=", StringComparison.Ordinal)
            && _formsOfChanges.Any(form => expected.Contains(form, StringComparison.Ordinal));
    }
}
