using UpcallActors.Daemon.Configuration.Hocon;
using UpcallActors.Daemon.Configuration.Telemetry;

namespace UpcallActors.Daemon.Configuration;

/// <summary>The configuration as files, built-in defaults and environment make it together, and the problems found so far.</summary>
internal sealed class ConfigurationSource
{
    /// <summary>What places in the built-in defaults have for a file: no name that a file would be given.</summary>
    public const string Reference = "(built-in)";

    private const string Resource = "reference.conf";

    private readonly List<ConfigurationProblem> _problems;
    private readonly List<ConfigurationProblem> _notes;
    private readonly IReadOnlyList<string> _files;
    private readonly string _top;

    private ConfigurationSource(
        ConfigurationValue root, IReadOnlyList<string> files, string top, List<ConfigurationProblem> problems,
            List<ConfigurationProblem> notes, OpenTelemetryVariables variables)
    {
        Root = root;
        _notes = notes;
        Library = variables.Library;
        _files = files;
        _top = top;
        _problems = problems;
    }

    /// <summary>The whole configuration.</summary>
    public ConfigurationValue Root { get; }

    /// <summary>The problems, in the order of files and lines.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems =>
        [.. _problems.Distinct().OrderBy(problem => FileOrder(problem.File)).ThenBy(problem => problem.Line)];

    /// <summary>Settings that may not do what the user expects, and that are no reason to refuse anything.</summary>
    public IReadOnlyList<ConfigurationProblem> Notes => [.. _notes.Distinct()];

    /// <summary>The variables that OpenTelemetry's library reads by itself, checked.</summary>
    public IReadOnlyDictionary<string, string> Library { get; }

    /// <summary>The files that lie over the built-in defaults, those that they include among them.</summary>
    public IEnumerable<string> Files => _files.Select(Path.GetFullPath);

    /// <summary>Lays files over the built-in defaults, the last one on top.</summary>
    /// <param name="files">The files.</param>
    /// <param name="environment">The value of an environment variable; null for the process's.</param>
    /// <param name="defaults">What lies between the built-in defaults and the files; null for nothing.</param>
    public static ConfigurationSource Read(
        IReadOnlyList<string> files, Func<string, string?>? environment = null, string? defaults = null)
    {
        var problems = new List<ConfigurationProblem>();
        var reader = new HoconReader(problems);
        var layers = new List<HoconBlock> { ParseReference(reader) };
        if (defaults is not null && reader.Parse(Reference, "/", defaults) is { } own)
            layers.Add(own);
        foreach (string file in files)
        {
            if (reader.Read(file) is { } layer)
                layers.Add(layer);
        }

        return Of(layers, reader.Files, files.Count == 0 ? Reference : files[^1], environment, problems);
    }

    /// <summary>A text by itself, without built-in defaults.</summary>
    public static ConfigurationSource Parse(string file, string text, Func<string, string?>? environment = null)
    {
        var problems = new List<ConfigurationProblem>();
        HoconBlock? layer = new HoconReader(problems).Parse(file, "/", text);
        return Of(layer == null ? [] : [layer], [file], file, environment, problems);
    }

    /// <summary>The text of the built-in defaults.</summary>
    public static string ReadReference()
    {
        using Stream stream = typeof(ConfigurationSource).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the assembly has no {Resource}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>
    /// Adds a problem with a value; when there is none, or the built-in defaults have it, with the files as a whole. What is wrong with a
    /// variable of OpenTelemetry's is a note.
    /// </summary>
    public void Report(ConfigurationValue? value, string message)
    {
        string text = Secrets.Masked(message);
        if (value?.Variable is { } variable)
        {
            bool isForeign = OpenTelemetryRules.ByName.ContainsKey(variable.Split('.')[0]);
            (isForeign ? _notes : _problems)
                .Add(new ConfigurationProblem($"environment variable {variable}", 0, isForeign ? $"{text}; it is not used" : text));
            return;
        }

        // The built-in defaults are right; what they leave to say is missing from the files over them.
        _problems.Add(value is { Place: { File: not Reference } place } ? new ConfigurationProblem(place.File, place.Line, text)
            : new ConfigurationProblem(_top, 0, text));
    }

    /// <summary>Adds a problem of another file that the configuration names.</summary>
    public void Report(ConfigurationProblem problem) => _problems.Add(problem);

    private static ConfigurationSource Of(
        IReadOnlyList<HoconBlock> layers, IReadOnlyList<string> files, string top, Func<string, string?>? environment,
        List<ConfigurationProblem> problems)
    {
        var root = new HoconBlock(new HoconPlace(Reference, "/", 0));
        foreach (HoconBlock layer in layers)
            root.Absorb(layer);
        var notes = new List<ConfigurationProblem>();
        var variables = new OpenTelemetryVariables(environment ?? Environment.GetEnvironmentVariable, notes);
        ConfigurationValue value = new HoconResolver(root, variables.Value, problems).Resolve();
        variables.TakeRest(environment == null ? Environment.GetEnvironmentVariables().Keys.Cast<string>() : []);
        return new ConfigurationSource(value, files, top, problems, notes, variables);
    }

    private static HoconBlock ParseReference(HoconReader reader) =>
        reader.Parse(Reference, "/", ReadReference()) ?? throw new InvalidOperationException($"{Resource} is no HOCON");

    private int FileOrder(string file)
    {
        for (int order = 0; order < _files.Count; order++)
        {
            if (_files[order] == file)
                return order;
        }

        return file == Reference ? -1 : _files.Count;
    }
}
