using Akka.Configuration;

namespace UpcallActors.Daemon.Configuration;

/// <summary>The layers of the configuration, the first one undermost, and the problems found so far.</summary>
internal sealed class ConfigurationSource
{
    private readonly IReadOnlyList<ConfigurationLayer> _layers;
    private readonly List<ConfigurationProblem> _problems;

    /// <summary>Lays the layers over each other.</summary>
    public ConfigurationSource(IReadOnlyList<ConfigurationLayer> layers, List<ConfigurationProblem> problems)
    {
        _layers = layers;
        _problems = problems;
        Tree = layers.Select(layer => layer.Tree).Where(tree => !tree.IsEmpty).Aggregate(Config.Empty, (below, tree) => tree.WithFallback(below));
    }

    /// <summary>All layers as one.</summary>
    public Config Tree { get; }

    /// <summary>The problems, in the order of files and lines.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems =>
        [.. _problems.Distinct().OrderBy(problem => FileOrder(problem.File)).ThenBy(problem => problem.Line)];

    /// <summary>The files that the layers over the built-in defaults were read from.</summary>
    public IEnumerable<string> Files => _layers.Skip(1).Select(layer => Path.GetFullPath(layer.File));

    /// <summary>Adds a problem with a key, at the place that decided its value.</summary>
    public void Report(IReadOnlyList<string> path, string message)
    {
        (ConfigurationLayer layer, int line) = Locate(path);
        // The built-in defaults are right; what they leave to say is missing from the files over them.
        _problems.Add(layer == _layers[0] && _layers.Count > 1 ? new ConfigurationProblem(_layers[^1].File, 0, message) : new ConfigurationProblem(layer.File, line, message));
    }

    /// <summary>Adds a problem of another file that the configuration names.</summary>
    public void Report(ConfigurationProblem problem) => _problems.Add(problem);

    /// <summary>The directory that a relative path in the value of a key starts from: that of the file which names it.</summary>
    public string DirectoryOf(IReadOnlyList<string> path) => Locate(path).Layer.Directory;

    /// <summary>The topmost layer that has the key, else that has the nearest block around it.</summary>
    private (ConfigurationLayer Layer, int Line) Locate(IReadOnlyList<string> path)
    {
        for (int length = path.Count; length > 0; length--)
        {
            for (int layer = _layers.Count - 1; layer >= 0; layer--)
            {
                int line = _layers[layer].LineOf(path.Take(length));
                if (line != 0)
                    return (_layers[layer], line);
            }
        }

        return (_layers[^1], 0);
    }

    private int FileOrder(string file)
    {
        for (int layer = 0; layer < _layers.Count; layer++)
        {
            if (_layers[layer].File == file)
                return layer;
        }

        return _layers.Count;
    }
}
