using System.Text;
using System.Text.RegularExpressions;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Tests.Configuration.Hocon;

namespace UpcallActors.Daemon.Tests.Fuzz;

/// <summary>Fuzz target of the configuration's text: syntax, substitutions, includes.</summary>
public static partial class ConfigurationFuzz
{
    /// <summary>
    /// Any bytes are read as options, or give problems that have a place; never anything else. Each value has
    /// a line. A text without substitutions means what Akka's parser makes of it, where that understands it.
    /// </summary>
    public static bool Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        var source = ConfigurationSource.Parse("fuzz.conf", text, name => name.Length > 3 ? name : null);
        bool isGood = source.Problems.Count == 0;
        CheckLines(source.Root);
        if (isGood && !Apart().IsMatch(text))
            CompareWithAkka(source.Root, text.ReplaceLineEndings("\n"));

        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> found) = DaemonOptionsReader.Read(source);
        (options == null).ShouldBe(found.Count > 0);
        foreach (ConfigurationProblem problem in found)
            problem.Message.ShouldNotBeEmpty();
        return options != null;
    }

    /// <summary>
    /// What the test cannot put in for Akka, and what Akka reads otherwise than HOCON says: blocks behind each other, +=, and a comment of
    /// nothing but its two slashes at the end, which is a key to it.
    /// </summary>
    [GeneratedRegex(@"\$|\+=|include|[}\]][ \t]*[{\[]|//\s*\z")]
    private static partial Regex Apart();

    private static void CheckLines(ConfigurationValue value)
    {
        foreach ((string key, ConfigurationValue child) in value.Items ?? new Dictionary<string, ConfigurationValue>())
        {
            child.Place.Line.ShouldBeGreaterThan(0, key);
            CheckLines(child);
        }
    }

    private static void CompareWithAkka(ConfigurationValue root, string text)
    {
        if (AkkaComparison.Parse(text) is { IsEmpty: false } akka)
            AkkaComparison.ShouldBeTheSame(root, akka.Root);
    }
}
