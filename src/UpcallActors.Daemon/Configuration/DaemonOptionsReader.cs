
namespace UpcallActors.Daemon.Configuration;

/// <summary>Reads the options from HOCON files over the built-in defaults, and finds everything that is wrong with them at once.</summary>
internal static class DaemonOptionsReader
{
    /// <summary>OpenFlow port numbers end here; those from 0xff00 (<c>OFPP_MAX</c> of OpenFlow 1.0) on are reserved.</summary>
    public const int MostPortNumber = 0xfeff;

    /// <summary>The least that an IPv4 link carries (RFC 791).</summary>
    public const int LeastMtu = 68;

    /// <summary>The most that an IP packet has.</summary>
    public const int MostMtu = 65535;

    private const int MostHandlers = 1024;
    private const int MostBatchesPerLane = 1024;
    private const string Reference = "reference.conf";

    /// <summary>Reads files, the last one on top.</summary>
    /// <returns>The options and no problems, or no options and the problems.</returns>
    public static (DaemonOptions? Options, IReadOnlyList<ConfigurationProblem> Problems) Read(IReadOnlyList<string> files)
    {
        var problems = new List<ConfigurationProblem>();
        var layers = new List<ConfigurationLayer> { ReadReference(problems) };
        foreach (string file in files)
        {
            if (ConfigurationLayer.Read(file, problems) is { } layer)
                layers.Add(layer);
        }

        return Read(new ConfigurationSource(layers, problems));
    }

    /// <summary>Reads layers.</summary>
    public static (DaemonOptions? Options, IReadOnlyList<ConfigurationProblem> Problems) Read(ConfigurationSource source)
    {
        // A file that cannot be read says nothing, so its keys would be reported as missing. What the others say is checked.
        bool complete = source.Problems.Count == 0;
        DaemonOptions options = ReadRoot(ConfigurationBlock.Root(source), complete);
        return source.Problems is { Count: > 0 } found ? (null, found) : (options, []);
    }

    private static ConfigurationLayer ReadReference(List<ConfigurationProblem> problems)
    {
        using Stream stream = typeof(DaemonOptionsReader).Assembly.GetManifestResourceStream(Reference)
            ?? throw new InvalidOperationException($"the assembly has no {Reference}");
        using var reader = new StreamReader(stream);
        return ConfigurationLayer.Parse(Reference, "/", reader.ReadToEnd(), problems)
            ?? throw new InvalidOperationException(string.Join('\n', problems));
    }

    private static DaemonOptions ReadRoot(ConfigurationBlock root, bool complete)
    {
        ConfigurationBlock block = root.Block("upcall-actors");
        root.RefuseOthers();
        int handlers = block.Integer("handlers", 0, 0, MostHandlers);
        DatapathOptions datapath = ReadDatapath(block.Block("datapath"));
        var options = new DaemonOptions
        {
            Datapath = datapath,
            Handlers = handlers == 0 ? Environment.ProcessorCount : handlers,
            Pipeline = ReadPipeline(block.Block("pipeline")),
            Replay = ReadReplay(block.Block("replay")),
            Bridges = BridgeOptionsReader.Read(block.Block("bridges"), datapath.Name),
        };
        if (complete && !options.Bridges.Any(bridge => bridge.Ports.Count > 0))
            block.Report("bridges", "bridges has no bridge with a port: there is nothing to do");
        block.RefuseOthers();
        return options;
    }

    private static DatapathOptions ReadDatapath(ConfigurationBlock block)
    {
        DatapathType type = block.Choice("type", DatapathType.Auto, ("auto", DatapathType.Auto), ("embedded", DatapathType.Embedded), ("kernel", DatapathType.Kernel));
        if (type == DatapathType.Kernel)
            block.Report("type", "type = kernel is not available in this version; use auto or embedded");
        string name = block.Text("name") ?? "ovs-system";
        block.RefuseOthers();
        return new DatapathOptions(type, name);
    }

    private static PipelineTuning ReadPipeline(ConfigurationBlock block)
    {
        var tuning = new PipelineTuning(block.Integer("batch-size", 64, 1, 64), block.Integer("batches-per-lane", 32, 2, MostBatchesPerLane));
        block.RefuseOthers();
        return tuning;
    }

    private static ReplayOptions ReadReplay(ConfigurationBlock block)
    {
        var replay = new ReplayOptions(block.Choice("pace", false, ("fast", false), ("recorded", true)), [.. block.Times("purge-at").Order()]);
        block.RefuseOthers();
        return replay;
    }
}
