using Akka.Configuration;

namespace UpcallActors.Daemon.Configuration;

/// <summary>One HOCON text of the configuration: its keys with their lines, and its tree.</summary>
internal sealed class ConfigurationLayer
{
    private readonly IReadOnlyDictionary<string, int> _lines;

    private ConfigurationLayer(string file, string directory, IReadOnlyDictionary<string, int> lines, Config tree)
    {
        File = file;
        Directory = directory;
        _lines = lines;
        Tree = tree;
    }

    /// <summary>The file's name, as it was given.</summary>
    public string File { get; }

    /// <summary>What the file's relative paths start from.</summary>
    public string Directory { get; }

    /// <summary>The text as Akka's parser reads it.</summary>
    public Config Tree { get; }

    /// <summary>Reads a file; on failure adds the reason to <paramref name="problems"/> and returns null.</summary>
    public static ConfigurationLayer? Read(string file, ICollection<ConfigurationProblem> problems)
    {
        try
        {
            string directory = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";
            return Parse(file, directory, System.IO.File.ReadAllText(file), problems);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(new ConfigurationProblem(file, 0, $"cannot be read: {failure.Message}"));
            return null;
        }
    }

    /// <summary>Parses a text; on failure adds the reason to <paramref name="problems"/> and returns null.</summary>
    public static ConfigurationLayer? Parse(string file, string directory, string text, ICollection<ConfigurationProblem> problems)
    {
        try
        {
            text = text.ReplaceLineEndings("\n");
            IReadOnlyDictionary<string, int> lines = HoconScanner.Scan(text);
            // Akka's parser takes no empty text.
            return new ConfigurationLayer(file, directory, lines, lines.Count == 0 ? Config.Empty : ConfigurationFactory.ParseString(text));
        }
        catch (HoconSyntaxException syntax)
        {
            problems.Add(new ConfigurationProblem(file, syntax.Line, syntax.Message));
        }
        catch (Exception failure) when (failure is ConfigurationException or FormatException)
        {
            problems.Add(new ConfigurationProblem(file, 0, $"is not HOCON: {failure.Message}"));
        }

        return null;
    }

    /// <summary>The line of a key, or 0 when the text has no such key.</summary>
    public int LineOf(IEnumerable<string> path) => _lines.GetValueOrDefault(HoconScanner.Join(path));
}
