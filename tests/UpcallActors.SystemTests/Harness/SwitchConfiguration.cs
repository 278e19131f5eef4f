using System.Globalization;
using System.Text;

namespace UpcallActors.SystemTests.Harness;

/// <summary>Which datapath the daemon is to use.</summary>
public enum DatapathKind
{
    Kernel,
    Embedded,
}

/// <summary>How the kernel chooses the socket of an upcall.</summary>
public enum DispatchMode
{
    /// <summary>Whatever the kernel offers first.</summary>
    Auto,
    PerVport,
}

/// <summary>The configuration of a switch under test.</summary>
/// <param name="Datapath">Which datapath.</param>
/// <param name="Bridges">The bridges.</param>
internal sealed record SwitchConfiguration(DatapathKind Datapath, params IReadOnlyList<BridgeConfiguration> Bridges)
{
    /// <summary>How the kernel chooses the socket of an upcall.</summary>
    public DispatchMode Dispatch { get; init; }

    /// <summary>Whether the daemon drops the MRU from upcalls: see <see cref="DaemonWithoutMru"/>.</summary>
    public bool WithoutMru { get; init; }

    /// <summary>Writes the daemon's file, and those that it names, to a folder; the file.</summary>
    public async Task<string> WriteAsync(string folder)
    {
        var text = new StringBuilder();
        text.AppendLine("upcall-actors {");
        text.AppendLine(CultureInfo.InvariantCulture, $"  run-dir = \"{folder}\"");
        text.AppendLine(CultureInfo.InvariantCulture, $"  datapath.type = {(Datapath == DatapathKind.Kernel ? "kernel" : "embedded")}");
        if (Dispatch == DispatchMode.PerVport)
            text.AppendLine("  datapath.dispatch = per-vport");
        foreach (BridgeConfiguration bridge in Bridges)
            await bridge.WriteAsync(text, folder);
        text.AppendLine("}");
        string file = Path.Combine(folder, "switch.conf");
        await File.WriteAllTextAsync(file, text.ToString());
        return file;
    }
}

/// <summary>A bridge.</summary>
/// <param name="Name">Its name, which its own device has, too.</param>
/// <param name="Ports">Its ports.</param>
internal sealed record BridgeConfiguration(string Name, params IReadOnlyList<PortConfiguration> Ports)
{
    /// <summary>Flows in <c>ovs-ofctl</c>'s syntax; null for a learning switch.</summary>
    public string? Flows { get; init; }

    /// <summary>Its OpenFlow controller; null for none.</summary>
    public string? Controller { get; init; }

    /// <summary>Whether the way to the controller is through the bridge itself.</summary>
    public bool InBand { get; init; }

    internal async Task WriteAsync(StringBuilder text, string folder)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"  bridges.{Name} {{");
        text.AppendLine(CultureInfo.InvariantCulture, $"    fail-mode = {(Flows is null ? "standalone" : "secure")}");
        if (Controller != null)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    openflow.controllers = [\"{Controller}\"]");
            text.AppendLine(CultureInfo.InvariantCulture, $"    openflow.in-band = {(InBand ? "true" : "false")}");
            text.AppendLine("    openflow.max-backoff = 1s");
        }

        if (Flows != null)
        {
            string file = Path.Combine(folder, $"{Name}.flows");
            await File.WriteAllTextAsync(file, Flows);
            text.AppendLine(CultureInfo.InvariantCulture, $"    flows = \"{file}\"");
        }

        foreach (PortConfiguration port in Ports)
        {
            string remote = port.Remote is null ? "" : $", remote-ip = \"{port.Remote}\"";
            string key = port.Key is null ? "" : $", key = {port.Key}";
            string vlan = port.Vlan is not var (mode, tag) ? "" : $", vlan-mode = {mode}, tag = {tag}";
            text.AppendLine(CultureInfo.InvariantCulture,
                $"    ports.{port.Name} {{ number = {port.Number}, type = {port.Type}{remote}{key}{vlan} }}");
        }

        text.AppendLine("  }");
    }
}

/// <summary>A port.</summary>
/// <param name="Name">Its name; of a system port also its device's.</param>
/// <param name="Number">OpenFlow port number.</param>
internal sealed record PortConfiguration(string Name, int Number)
{
    /// <summary>What it is: <c>system</c>, or a tunnel's type.</summary>
    public string Type { get; init; } = "system";

    /// <summary>A tunnel's other end, or <c>flow</c>.</summary>
    public string? Remote { get; init; }

    /// <summary>A tunnel's key, or <c>flow</c>; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>How it treats VLANs, and its own; null for a trunk of all.</summary>
    public (string Mode, string Tag)? Vlan { get; init; }

    /// <summary>The port that a station is at.</summary>
    public static PortConfiguration Of(LabHost station, int number) => new(station.Port, number);
}
