using System.Collections.Immutable;
using System.Security.Cryptography;
using UpcallActors.Linux;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>Reads the block <c>bridges</c>.</summary>
internal static class BridgeOptionsReader
{
    /// <summary>Reads all bridges.</summary>
    public static IReadOnlyList<BridgeOptions> Read(ConfigurationBlock block, string datapath, TlsFiles? tls)
    {
        var ports = new PortChecks(datapath);
        BridgeOptions[] bridges = [.. block.Blocks().Select(bridge => ReadBridge(bridge, block, ports, tls))];
        foreach (string file in block.Files)
            ports.Reads(file, "the configuration itself");
        ports.CheckOverwrites();
        ports.CheckPeers();
        return bridges;
    }

    private static BridgeOptions ReadBridge(ConfigurationBlock block, ConfigurationBlock around, PortChecks checks, TlsFiles? tls)
    {
        if (block.ReportCutNames("ports", "tables", "openflow") is { } cut)
            return new BridgeOptions { Configuration = new BridgeConfiguration { Name = cut }, FlowDigest = "" };
        InterfaceName.Check(block, around);
        checks.StartBridge(block, around);
        FailMode failMode = block.Choice("fail-mode", FailMode.Secure, ("secure", FailMode.Secure), ("standalone", FailMode.Standalone));
        ConfigurationBlock portsBlock = block.Block("ports");
        PortOptions[] ports = [.. portsBlock.Blocks().Select(port => PortOptionsReader.Read(port, portsBlock, checks))];
        (Dictionary<string, byte> names, ValueList<TableConfiguration> tables) = BridgeTableReader.Read(block.Block("tables"));
        bool skips = block.Choice("flows-on-error", false, ("refuse", false), ("skip", true));
        IEnumerable<InterfaceConfiguration> interfaces = ports.SelectMany(port => port.Configuration.Interfaces);
        var known = new FlowNames(interfaces.Select(one => KeyValuePair.Create(one.Name, one.RequestedNumber!.Value)), names);
        FlowFileOptions flows = ReadFlows(block, known, skips, checks);
        var bridge = new BridgeConfiguration
        {
            Name = block.Name,
            FailMode = failMode,
            Flows = new FlowList(flows.Flows),
            TableNames = new ValueMap<byte>(names),
            Tables = tables,
            Ports = ValueList.From(ports.Select(port => port.Configuration)),
        };
        var options = new BridgeOptions
        {
            Configuration = OpenFlowOptionsReader.Read(block.Block("openflow"), bridge, tls),
            Captures = [.. ports.Select(port => port.Capture).OfType<CapturePortOptions>()],
            SkippedFlows = flows.Skipped,
            FlowDigest = flows.Digest,
        };
        block.RefuseOthers();
        return options;
    }

    /// <summary>Flows may name ports and tables; an error has its place in the flows' own file.</summary>
    private static FlowFileOptions ReadFlows(ConfigurationBlock block, FlowNames names, bool skips, PortChecks checks)
    {
        if (block.ExistingFile("flows") is not { } file)
            return new FlowFileOptions([], [], "");
        checks.Reads(file, $"the flows of {block.Name}");
        try
        {
            using FileStream bytes = RegularFile.Open(file);
            using var hash = SHA256.Create();
            using var hashed = new CryptoStream(bytes, hash, CryptoStreamMode.Read);
            using var text = new StreamReader(hashed);
            FlowFile flows = FlowTables.CheckOverlaps(FlowSyntax.ParseFile(text, file, names), file);
            string digest = Convert.ToHexString(hash.Hash!);
            ConfigurationProblem[] refused = [.. flows.Errors.Select(
                error => new ConfigurationProblem(file, error.Line, error.Message, error.Column))];
            if (skips)
                return new FlowFileOptions(flows.Changes, refused, digest);
            foreach (ConfigurationProblem problem in refused)
                block.Report(problem);
            return new FlowFileOptions(flows.Changes, [], digest);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            block.Report("flows", $"flows: {file} cannot be read: {failure.Message}");
            return new FlowFileOptions([], [], "");
        }
    }

    private sealed record FlowFileOptions(ImmutableArray<FlowChange> Flows, IReadOnlyList<ConfigurationProblem> Skipped, string Digest);
}
