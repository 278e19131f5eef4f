using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Configuration;

/// <summary>Reads the block <c>bridges</c>.</summary>
internal static class BridgeOptionsReader
{
    /// <summary>Reads all bridges.</summary>
    public static IReadOnlyList<BridgeOptions> Read(ConfigurationBlock block, string datapath)
    {
        var ports = new PortChecks(datapath);
        BridgeOptions[] bridges = [.. block.Blocks().Select(bridge => ReadBridge(bridge, block, ports))];
        foreach (string file in block.Files)
            ports.Reads(file, "the configuration itself");
        ports.CheckOverwrites();
        return bridges;
    }

    private static BridgeOptions ReadBridge(ConfigurationBlock block, ConfigurationBlock around, PortChecks checks)
    {
        InterfaceName.Check(block, around);
        checks.StartBridge(block, around);
        bool standalone = block.Choice("fail-mode", false, ("secure", false), ("standalone", true));
        ConfigurationBlock portsBlock = block.Block("ports");
        PortOptions[] ports = [.. portsBlock.Blocks().Select(port => PortOptionsReader.Read(port, portsBlock, checks))];
        (ImmutableArray<FlowChange> flows, string flowText) = ReadFlows(block, ports, checks);
        var options = new BridgeOptions
        {
            Name = block.Name,
            Standalone = standalone,
            Flows = flows,
            FlowText = flowText,
            Ports = ports,
        };
        block.RefuseOthers();
        return options;
    }

    /// <summary>Flows may name ports; an error has its place in the flows' own file.</summary>
    private static (ImmutableArray<FlowChange> Flows, string Text) ReadFlows(ConfigurationBlock block, IEnumerable<PortOptions> ports, PortChecks checks)
    {
        if (block.ExistingFile("flows") is not { } file)
            return ([], "");
        checks.Reads(file, $"the flows of {block.Name}");
        try
        {
            string text = File.ReadAllText(file);
            FlowFile flows = FlowSyntax
                .ParseFile(text, file, new FlowNames(ports.Select(port => KeyValuePair.Create(port.Name, (uint)port.Number))));
            foreach (FlowSyntaxError error in flows.Errors)
                block.Report(new ConfigurationProblem(file, error.Line, error.Message, error.Column));
            return (flows.Changes, text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            block.Report("flows", $"flows: {file} cannot be read: {failure.Message}");
            return ([], "");
        }
    }
}
