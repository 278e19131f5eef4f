using System.Globalization;
using System.Text;

namespace UpcallActors.Daemon.Tests.Fuzz;

/// <summary>
/// Makes configurations of keys that there are, with values that they take, laid out in the ways that HOCON has: most of them are good.
/// </summary>
internal sealed class ConfigurationText
{
    private static readonly (string Path, string[] Values)[] _keys =
    [
        ("handlers", ["0", "1", "8", "64"]),
        ("datapath.type", ["auto", "embedded", "kernel"]),
        ("datapath.name", ["ovs-system", "\"dp 1\"", "dp0"]),
        ("datapath.take-over", ["true", "false"]),
        ("datapath.on-exit", ["keep", "delete"]),
        ("datapath.dispatch", ["auto", "per-cpu", "per-vport"]),
        ("datapath.receive-buffer", ["64KiB", "4 MiB", "1048576"]),
        ("revalidators.count", ["0", "1", "64"]),
        ("revalidators.flow-limit", ["1", "200000", "10000000"]),
        ("revalidators.max-idle", ["500ms", "10s", "1h", "1.5 minutes"]),
        ("revalidators.max-revalidator", ["100ms", "\"0.5 s\"", "1min"]),
        ("revalidators.min-revalidate-pps", ["0", "5", "1000000"]),
        ("pipeline.batch-size", ["1", "64"]),
        ("pipeline.batches-per-lane", ["2", "1024"]),
        ("pipeline.port-share", ["0.5", "1", "0.001"]),
        ("telemetry.traces.batches", ["0", "0.01", "1"]),
        ("telemetry.traces.slower-than", ["10ms", "0", "500us"]),
        ("telemetry.metrics.interval", ["1s", "60s"]),
        ("telemetry.logs.level", ["error", "warning", "information", "debug", "trace"]),
        ("telemetry.logs.format", ["text", "json"]),
        ("status.listen", ["off", "\"127.0.0.1:9677\"", "\"[::1]:1\""]),
    ];

    private readonly Random _random;
    private readonly StringBuilder _text = new();
    private readonly string _assign;
    private int _defined;

    private ConfigurationText(Random random)
    {
        _random = random;
        _assign = Pick(" = ", "=", " : ", ": ");
    }

    /// <summary>One configuration.</summary>
    public static string Make(Random random) => new ConfigurationText(random).Write();

    private string Write()
    {
        bool isBraced = Chance(6);
        if (isBraced)
            _text.Append("{\n");
        (string Path, string[] Values)[] keys = [.. _keys.Where(_ => Chance(4))];
        // What stands for a value is defined where any name may be.
        List<(string Path, string Value)> entries = [.. keys.Select(key => (key.Path, Defined(Pick(key.Values))))];
        if (Chance(3))
            WriteDotted(entries);
        else
            WriteNested(entries);
        WriteBridges();
        if (isBraced)
            _text.Append("}\n");
        return _text.ToString();
    }

    private string Defined(string value)
    {
        if (!Chance(5))
            return value;
        string name = string.Create(CultureInfo.InvariantCulture, $"define.v{++_defined}");
        _text.Append(name).Append(_assign).Append(value).Append('\n');
        return $"${{{name}}}";
    }

    private void WriteDotted(List<(string Path, string Value)> entries)
    {
        foreach ((string path, string value) in entries)
            _text.Append("upcall-actors.").Append(path).Append(_assign).Append(value).Append(Pick("\n", "\n\n", " # why\n", ",\n"));
    }

    private void WriteNested(List<(string Path, string Value)> entries)
    {
        _text.Append("upcall-actors ").Append(Pick("", "= ", ": ")).Append(Pick("{\n", "{ # begin\n", "{"));
        foreach ((string path, string value) in entries)
        {
            string[] parts = path.Split('.');
            int blocks = _random.Next(parts.Length);
            for (int block = 0; block < blocks; block++)
                _text.Append(parts[block]).Append(Pick(" {", " { ", "{\n", " = { "));
            _text.Append(string.Join('.', parts[blocks..])).Append(_assign).Append(value);
            _text.Append(' ').Append('}', blocks).Append(Pick("\n", "\n\n", " // why\n", ",\n", ", "));
        }

        _text.Append("}\n");
    }

    private void WriteBridges()
    {
        int bridges = _random.Next(1, 3);
        for (int bridge = 0; bridge < bridges; bridge++)
        {
            _text.Append(CultureInfo.InvariantCulture, $"upcall-actors.bridges.br{bridge} {{\n");
            if (Chance(2))
                _text.Append("fail-mode").Append(_assign).Append(Pick("secure", "standalone")).Append('\n');
            _text.Append("ports {\n");
            int ports = _random.Next(1, 4);
            for (int port = 0; port < ports; port++)
                WritePort(bridge, port);
            _text.Append("}\n}\n");
        }
    }

    private void WritePort(int bridge, int port)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"p{bridge}-{port}");
        _text.Append(Chance(3) ? $"\"{name}\"" : name).Append(" { ");
        _text.Append("number").Append(_assign).Append(port + 1).Append(Pick(", ", "\n"));
        _text.Append("type").Append(_assign).Append(Pick("system", "internal"));
        string vlan = Pick("", ", tag = 5", ", trunks = [0, 10, 20]", "\ntrunks = [\n  1\n  2,\n]", ", vlan-mode = trunk");
        _text.Append(vlan);
        if (Chance(4))
            _text.Append(", share = ").Append(Pick("0.5", "1"));
        _text.Append(Pick(" }\n", "\n}\n", " }, "));
    }

    private bool Chance(int of) => _random.Next(of) == 0;

    private string Pick(params string[] of) => of[_random.Next(of.Length)];
}
