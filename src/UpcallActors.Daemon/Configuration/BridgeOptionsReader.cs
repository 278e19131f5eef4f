using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Net.NetworkInformation;
using UpcallActors.Embedded;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Configuration;

/// <summary>Reads the block <c>bridges</c>.</summary>
internal static class BridgeOptionsReader
{
    /// <summary>A bridge's name ends here: one day it is an interface's (<c>IFNAMSIZ</c>, 15 characters and a zero).</summary>
    private const int MostNameLength = 15;

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
        CheckName(block, around);
        checks.StartBridge(block, around);
        bool standalone = block.Choice("fail-mode", false, ("secure", false), ("standalone", true));
        ConfigurationBlock portsBlock = block.Block("ports");
        CapturePortOptions[] ports = [.. portsBlock.Blocks().Select(port => ReadPort(port, portsBlock, checks))];
        var options = new BridgeOptions
        {
            Name = block.Name,
            Standalone = standalone,
            Flows = ReadFlows(block, ports, checks),
            Ports = ports,
        };
        block.RefuseOthers();
        return options;
    }

    /// <summary>Flows may name ports; an error has its place in the flows' own file.</summary>
    private static ImmutableArray<FlowChange> ReadFlows(ConfigurationBlock block, IEnumerable<CapturePortOptions> ports, PortChecks checks)
    {
        if (block.ExistingFile("flows") is not { } file)
            return [];
        checks.Reads(file, $"the flows of {block.Name}");
        try
        {
            FlowFile flows = FlowSyntax.ParseFile(File.ReadAllText(file), file, ports.ToFrozenDictionary(port => port.Name, port => (uint)port.Number));
            foreach (FlowSyntaxError error in flows.Errors)
                block.Report(new ConfigurationProblem(file, error.Line, error.Message, error.Column));
            return flows.Changes;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            block.Report("flows", $"flows: {file} cannot be read: {failure.Message}");
            return [];
        }
    }

    private static CapturePortOptions ReadPort(ConfigurationBlock block, ConfigurationBlock around, PortChecks checks)
    {
        CheckName(block, around);
        if (block.Text("type", required: true) is { } type && type != "capture")
            block.Report("type", $"type must be capture, not \"{type}\": this version has no other ports");
        string? input = block.ExistingFile("input", required: true);
        var options = new CapturePortOptions
        {
            Name = block.Name,
            Number = block.Integer("number", 0, 1, DaemonOptionsReader.MostPortNumber, required: true),
            Frames = ReadFrames(block, input),
            HostMac = ReadHostMac(block),
            Output = block.FilePath("output"),
            Mtu = block.Integer("mtu", 1500, DaemonOptionsReader.LeastMtu, DaemonOptionsReader.MostMtu),
        };
        checks.CheckPort(block, around, options, input);
        block.RefuseOthers();
        return options;
    }

    private static IReadOnlyList<CapturedFrame> ReadFrames(ConfigurationBlock block, string? file)
    {
        if (file == null)
            return [];
        try
        {
            return CaptureFile.Read(File.ReadAllBytes(file), file);
        }
        catch (CaptureException failure)
        {
            block.Report("input", $"input: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            block.Report("input", $"input: {file} cannot be read: {failure.Message}");
        }

        return [];
    }

    private static PhysicalAddress ReadHostMac(ConfigurationBlock block)
    {
        if (block.Text("host-mac", required: true) is not { } text)
            return PhysicalAddress.None;
        byte[] address = new byte[6];
        string[] parts = text.Split(':');
        bool good = parts.Length == address.Length;
        for (int i = 0; good && i < address.Length; i++)
            good = parts[i].Length == 2 && byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address[i]);
        if (!good)
            block.Report("host-mac", $"host-mac must be six pairs of hexadecimal digits with colons between, not \"{text}\"");
        else if ((address[0] & 1) != 0)
            block.Report("host-mac", $"host-mac {text} is a multicast address; no host sends from one");
        else if (address.All(octet => octet == 0))
            block.Report("host-mac", "host-mac is all zeroes; no host sends from it");
        else
            return new PhysicalAddress(address);
        return PhysicalAddress.None;
    }

    private static void CheckName(ConfigurationBlock block, ConfigurationBlock around)
    {
        if (block.Name.Length > MostNameLength || block.Name.Any(character => character is '/' or ' ' or ':'))
            around.Report(block.Name, $"the name {block.Name} must have at most {MostNameLength} characters, without '/', ':' and spaces");
    }

    /// <summary>What must not be there twice.</summary>
    private sealed class PortChecks(string datapath)
    {
        private readonly Dictionary<int, string> _numbers = [];
        private readonly Dictionary<PhysicalAddress, string> _hosts = [];
        private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal) { [datapath] = "the datapath" };
        private readonly Dictionary<string, string> _read = new(StringComparer.Ordinal);
        private readonly Dictionary<string, ConfigurationBlock> _outputs = new(StringComparer.Ordinal);

        /// <summary>Numbers and hosts are a bridge's own; names are the datapath's, where each bridge has a port of its own name.</summary>
        public void StartBridge(ConfigurationBlock bridge, ConfigurationBlock around)
        {
            CheckNameOnce(bridge, around, "a bridge");
            _numbers.Clear();
            _hosts.Clear();
        }

        public void CheckPort(ConfigurationBlock block, ConfigurationBlock around, CapturePortOptions port, string? input)
        {
            CheckNameOnce(block, around, "a port of another bridge");
            if (port.Number != 0 && !_numbers.TryAdd(port.Number, port.Name))
                block.Report("number", $"number {port.Number} is that of {_numbers[port.Number]} already");
            if (!port.HostMac.Equals(PhysicalAddress.None) && !_hosts.TryAdd(port.HostMac, port.Name))
                block.Report("host-mac", $"host-mac is that of {_hosts[port.HostMac]} already");
            if (input != null)
                Reads(input, $"the input of {port.Name}");
            if (port.Output != null && !_outputs.TryAdd(WithoutLinks(port.Output), block))
                block.Report("output", $"output is that of {_outputs[WithoutLinks(port.Output)].Name} already");
        }

        /// <summary>Remembers a file that is read, so that no output overwrites it.</summary>
        public void Reads(string file, string what) => _read.TryAdd(WithoutLinks(file), what);

        /// <summary>To be called once all ports of all bridges are known.</summary>
        public void CheckOverwrites()
        {
            foreach ((string output, ConfigurationBlock block) in _outputs)
            {
                if (_read.TryGetValue(output, out string? what))
                    block.Report("output", $"output is {what}, which it would overwrite");
            }
        }

        /// <summary>The file that a path leads to, whatever symbolic links are on the way; the path as it is where there is none.</summary>
        private static string WithoutLinks(string path)
        {
            if (Path.GetDirectoryName(path) is not { } folder)
                return path;
            string plain = Path.Combine(WithoutLinks(folder), Path.GetFileName(path));
            try
            {
                return new FileInfo(plain).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? plain;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return plain;
            }
        }

        private void CheckNameOnce(ConfigurationBlock block, ConfigurationBlock around, string what)
        {
            if (!_names.TryAdd(block.Name, what))
                around.Report(block.Name, $"the name {block.Name} is that of {_names[block.Name]} already");
        }
    }
}
