using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>What must not be there twice, and what cannot be there together.</summary>
internal sealed class PortChecks(string datapath)
{
    private readonly Dictionary<int, string> _numbers = [];
    private readonly Dictionary<ulong, string> _hosts = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal) { [datapath] = "the datapath" };
    private readonly Dictionary<string, string> _devices = new(StringComparer.Ordinal) { [datapath] = "the datapath" };
    private readonly Dictionary<string, string> _tunnelDevices = new(StringComparer.Ordinal);
    private readonly Dictionary<(PortKind Kind, TunnelPort End), string> _tunnels = [];
    private readonly Dictionary<string, (ConfigurationBlock Block, string? Peer)> _patches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigurationBlock> _outputs = new(StringComparer.Ordinal);
    private (bool IsCapture, string Port)? _isCapture;

    /// <summary>
    /// Numbers and hosts belong to a bridge. Names belong to the datapath, in which each bridge has a port with the bridge's name.
    /// </summary>
    public void StartBridge(ConfigurationBlock bridge, ConfigurationBlock around)
    {
        CheckNameOnce(bridge, around, "a bridge");
        if (!_devices.TryAdd(bridge.Name, "a bridge") && _devices[bridge.Name] != "the datapath")
            around.Report(bridge.Name,
                $"the device {bridge.Name}, which the bridge needs for itself, is already used by the port {_devices[bridge.Name]}");
        if (_tunnelDevices.TryGetValue(bridge.Name, out string? tunnel))
            around.Report(bridge.Name, $"the device {bridge.Name}, which the bridge needs for itself, is that of the tunnel {tunnel}");
        _numbers.Clear();
        _hosts.Clear();
    }

    /// <summary>A port's name is that of no other port, bridge or datapath.</summary>
    public void CheckName(ConfigurationBlock block, ConfigurationBlock around) => CheckNameOnce(block, around, "a port of another bridge");

    /// <summary>A number is given once in a bridge.</summary>
    public void CheckNumber(ConfigurationBlock block, int number)
    {
        if (number != 0 && !_numbers.TryAdd(number, block.Name))
            block.Report("number", $"number {number} is already used by {_numbers[number]}");
    }

    /// <summary>A run ends when its captures have ended, or not at all: it cannot have both kinds.</summary>
    public void CheckMixture(ConfigurationBlock block, bool isCapture)
    {
        _isCapture ??= (isCapture, block.Name);
        if (isCapture != _isCapture.Value.IsCapture)
            block.Report("type", $"type = capture goes with captures only, and {(isCapture ? _isCapture.Value.Port : block.Name)} is none");
    }

    /// <summary>Checks a capture port against those before.</summary>
    public void CheckCapture(ConfigurationBlock block, CapturePortOptions port, string? input)
    {
        foreach (ulong station in port.Stations)
        {
            if (!_hosts.TryAdd(station, port.Name))
                block.Report("host-mac", $"host-mac is already used by {_hosts[station]}");
        }

        if (input != null)
            Reads(input, $"the input of {port.Name}");
        if (port.Output != null && !_outputs.TryAdd(WithoutLinks(port.Output), block))
            block.Report("output", $"output is already used by {_outputs[WithoutLinks(port.Output)].Name}");
    }

    /// <summary>
    /// Checks a device or a tunnel against those before: a device is a port once, or is that of all tunnels of a kind and UDP port; and
    /// what comes in from a tunnel belongs to one port.
    /// </summary>
    public void CheckLive(ConfigurationBlock block, InterfaceConfiguration port)
    {
        string device = port.Request.Device;
        if (port.FarEnd is { } end)
        {
            if (_devices.TryGetValue(device, out string? owner))
                block.Report("type", $"the device {device}, which the tunnel needs for itself, is already used by {owner}");
            _tunnelDevices.TryAdd(device, port.Name);
            if (!_tunnels.TryAdd(end, port.Name))
                block.Report("remote-ip", $"remote-ip, local-ip, key and dst-port are already used by {_tunnels[end]}");
            return;
        }

        string key = port.Device == null ? "type" : "interface";
        if (_tunnelDevices.TryGetValue(device, out string? tunnel))
            block.Report(key, $"the device {device} is that of the tunnel {tunnel}");
        else if (!_devices.TryAdd(device, port.Name))
            block.Report(key, $"the device {device} is already used by {_devices[device]}");
    }

    /// <summary>Remembers a patch port, whose peer may come later.</summary>
    public void CheckPatch(ConfigurationBlock block, InterfaceConfiguration port) => _patches.TryAdd(port.Name, (block, port.Peer));

    /// <summary>To be called once all ports of all bridges are known. A peer that is in no bridge here may be another source's.</summary>
    public void CheckPeers()
    {
        foreach ((string name, (ConfigurationBlock block, string? peer)) in _patches)
        {
            if (peer is null)
                continue;
            if (_patches.TryGetValue(peer, out (ConfigurationBlock Block, string? Peer) other))
            {
                if (other.Peer is not null && other.Peer != name)
                    block.Report("peer", $"the peer of {peer} is {other.Peer}, not {name}");
            }
            else if (_names.ContainsKey(peer))
            {
                block.Report("peer", $"{peer} is no patch port");
            }
        }
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
            around.Report(block.Name, $"the name {block.Name} is already used by {_names[block.Name]}");
    }
}
