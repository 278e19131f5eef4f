using System.Text;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Tests.Fuzz;

/// <summary>Fuzz target of the configuration's text.</summary>
public static class ConfigurationFuzz
{
    /// <summary>
    /// Any bytes either give a layer in which every key that Akka's parser sees has a line, or exactly one problem; never
    /// anything else.
    /// </summary>
    public static void Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        var problems = new List<ConfigurationProblem>();
        var layer = ConfigurationLayer.Parse("fuzz.conf", "/", text, problems);
        problems.Count.ShouldBe(layer == null ? 1 : 0);
        if (layer == null)
            return;
        if (!layer.Tree.IsEmpty)
            CheckLines(layer, layer.Tree.Root, []);

        // And whatever the tree holds, it is read as options or as problems with a place.
        var source = new ConfigurationSource([layer], problems);
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> found) = DaemonOptionsReader.Read(source);
        (options == null).ShouldBe(found.Count > 0);
    }

    private static void CheckLines(ConfigurationLayer layer, Akka.Configuration.Hocon.HoconValue value, string[] path)
    {
        if (!value.IsObject())
            return;
        foreach ((string key, Akka.Configuration.Hocon.HoconValue child) in value.GetObject().Items)
        {
            layer.LineOf([.. path, key]).ShouldBeGreaterThan(0, $"{string.Join(" / ", path)} / {key}");
            CheckLines(layer, child, [.. path, key]);
        }
    }
}
