using System.Text.RegularExpressions;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// A bridge's flows as <c>ovs-ofctl dump-flows</c> prints them, in a file of <c>Tables</c>. Lines <c># ofctl COMMAND ARGUMENT</c> say what
/// the bridge must be told first. Its ports are those that flows name.
/// </summary>
internal sealed partial class TableOfFlows
{
    private const string Command = "# ofctl ";

    private TableOfFlows(string name, string[] lines)
    {
        Name = name;
        IEnumerable<string> commands = lines.Where(line => line.StartsWith(Command, StringComparison.Ordinal));
        Setup = [.. commands.Select(line => line[Command.Length..].Split(' ', 2))];
        Flows = [.. lines.Where(line => line.Contains("actions=", StringComparison.Ordinal) && line[0] != '#').Select(line => line.Trim())];
        Ports = [.. PortsOf(string.Join('\n', Flows))];
    }

    /// <summary>The file's name, without its ending.</summary>
    public string Name { get; }

    /// <summary>Commands of <c>ovs-ofctl</c> and an argument of each.</summary>
    public IReadOnlyList<string[]> Setup { get; }

    /// <summary>The flows, as they stand there.</summary>
    public IReadOnlyList<string> Flows { get; }

    /// <summary>The ports by name, and their numbers.</summary>
    public IReadOnlyList<(string Name, uint Number)> Ports { get; }

    /// <summary>The files of a folder that <c>UPCALL_TABLES</c> names; none without it.</summary>
    public static string[] MorePaths { get; } =
        Environment.GetEnvironmentVariable("UPCALL_TABLES") is { Length: > 0 } folder ? Directory.GetFiles(folder, "*.of") : [];

    /// <summary>Reads one of the tables.</summary>
    public static TableOfFlows Read(string name) =>
        ReadFile(Path.Combine(AppContext.BaseDirectory, "Differential", "Tables", $"{name}.of"));

    /// <summary>Reads a file.</summary>
    public static TableOfFlows ReadFile(string path) => new(Path.GetFileNameWithoutExtension(path), File.ReadAllLines(path));

    /// <summary>A port that flows call by its number has a name made of it.</summary>
    private static IEnumerable<(string Name, uint Number)> PortsOf(string flows)
    {
        uint[] numbers = [.. PortNumber().Matches(flows).Select(port => uint.Parse(port.Groups[1].Value)).Distinct().Order()];
        uint next = numbers.LastOrDefault();
        return [
            .. numbers.Select(number => ($"p{number}", number)),
            .. PortName().Matches(flows).Select(port => port.Groups[1].Value).Distinct().Select(name => (name, ++next)),
        ];
    }

    [GeneratedRegex(@"(?:in_port=|output:)(\d{1,4})\b")]
    private static partial Regex PortNumber();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex PortName();
}
