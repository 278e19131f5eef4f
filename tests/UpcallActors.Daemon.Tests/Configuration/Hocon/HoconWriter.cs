using System.Globalization;
using System.Text;

namespace UpcallActors.Daemon.Tests.Configuration.Hocon;

/// <summary>
/// Writes random configurations in the ways that users of Akka.NET have: values of every type, and every way to lay them out.
/// </summary>
internal sealed class HoconWriter(Random random)
{
    private const int MaxDepth = 4;

    // Keys of blocks have no other values: Akka keeps a block that a list or a substitution is laid over, against HOCON's specification.
    private static readonly string[] _blocks = ["akka", "actor", "deployment", "/user/router", "br0", "\"a b\""];
    private static readonly string[] _keys = ["loglevel", "log-dead-letters", "port_1", "\"eth0.100\"", "x1", "y"];
    private static readonly string[] _texts =
    [
        "5", "-1", "0", "007", "3.25", "1e3", "500ms", "10 s", "1.5 minutes", "infinite", "4MiB", "64 KiB", "on", "off", "true", "false",
            "null", "round-robin-pool", "akka.tcp",
        "192.0.2.1", "/dev/null", "a b  c", "100%", "~", "<tag>", "x(y)|z;'w'", "ä€", "\"\"", "\"x\"", "\"akka.tcp://sys@host:4053\"",
            "\"a, b # c // d\"", "\"\\\"quoted\\\" \\t\\u0041\\\\\"",
        "\"one\" two", "\"\"\"three\"\"\"", "\"\"\"over\n  lines { } # = \"quoted\" \\n\n\"\"\"",
    ];

    private readonly StringBuilder _text = new();
    private readonly List<string> _plain = [];

    /// <summary>One configuration.</summary>
    public string Write()
    {
        bool isBraced = Chance(5);
        if (isBraced)
            _text.Append("{\n");
        // What substitutions lead to is written once: Akka takes what stands there, and not what other files lay over it.
        for (int plain = random.Next(3); plain > 0; plain--)
        {
            _plain.Add($"plain{plain}");
            _text.Append(CultureInfo.InvariantCulture, $"plain{plain} = {Pick("5", "x y", "\"a.b\"", "[1, 2]")}\n");
        }

        WriteEntries(0);
        if (isBraced)
            _text.Append("}\n");
        return _text.ToString();
    }

    private void WriteEntries(int depth)
    {
        for (int entries = random.Next(depth == 0 ? 1 : 0, 5); entries > 0; entries--)
        {
            Comment();
            Indent(depth);
            while (Chance(4))
                _text.Append(Pick(_blocks)).Append('.');
            // Behind a block that has no '=' Akka takes no comma.
            bool isBare = WriteKey(depth);
            _text.Append(isBare ? Pick("\n", "\n\n", " # end\n") : Pick("\n", "\n", "\n\n", ",\n", " # end\n", "  // end\n", ", "));
        }
    }

    /// <summary>Writes a key with what is assigned to it. Whether it is a block without a sign before it.</summary>
    private bool WriteKey(int depth)
    {
        string assign = Pick(" = ", "=", " : ", ": ", " =\n   ", " = # why\n ", "\n= ");
        if (depth < MaxDepth && Chance(4))
        {
            bool isBare = Chance(2);
            _text.Append(Pick(_blocks)).Append(isBare ? Pick(" ", "", "\n", " # block\n") : assign);
            WriteBlock(depth);
            return isBare;
        }

        _text.Append(Pick(_keys)).Append(assign);
        int kind = random.Next(8);
        if (kind == 7)
            WriteList(depth);
        else if (kind == 6 && _plain.Count > 0)
            _text.Append("${").Append(_plain[random.Next(_plain.Count)]).Append('}');
        else
            _text.Append(Pick(_texts));
        return false;
    }

    private void WriteBlock(int depth)
    {
        _text.Append('{').Append(Pick("\n", "", " ", " # comment\n"));
        WriteEntries(depth + 1);
        Indent(depth).Append('}');
    }

    private void WriteList(int depth)
    {
        _text.Append('[').Append(Pick("", " ", "\n", " # list\n"));
        int count = random.Next(4);
        for (int element = 0; element < count; element++)
        {
            int kind = random.Next(depth < MaxDepth ? 12 : 10);
            if (kind == 10)
                WriteList(depth + 1);
            else if (kind == 11)
                WriteBlock(depth + 1);
            else
                _text.Append(Pick(_texts));
            bool isLast = element == count - 1;
            _text.Append(isLast ? Pick("", "\n", ",", ",\n", " ,\n", "\n # last\n")
                : Pick(",", ", ", ",\n", "\n", "\n\n  ", " , ", ", # next\n"));
        }

        _text.Append(']');
    }

    private void Comment()
    {
        if (Chance(6))
            _text.Append(CultureInfo.InvariantCulture, $"{Pick("#", "//")} {Pick("why", "a = 1", "{ [ \"")}\n");
    }

    private StringBuilder Indent(int depth) => _text.Append(' ', depth * 2);

    private bool Chance(int of) => random.Next(of) == 0;

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
