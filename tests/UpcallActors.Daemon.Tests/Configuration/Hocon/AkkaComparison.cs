using Akka.Configuration;
using Akka.Configuration.Hocon;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Tests.Configuration.Hocon;

/// <summary>Whether what we read is what Akka.NET's own parser reads: the same keys, lists of the same length, the same texts.</summary>
internal static class AkkaComparison
{
    /// <summary>What Akka reads; null when it does not understand the text.</summary>
    public static Config? Parse(string text)
    {
        try
        {
            return ConfigurationFactory.ParseString(text);
        }
        catch (Exception failure) when (failure is ConfigurationException or FormatException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// Where Akka's own defaults lay a block over a substitution: Akka drops what that stands for, against HOCON's specification and what
    /// the defaults mean.
    /// </summary>
    private const string LaidOver = ".akka.reliable-delivery.work-pulling.producer-controller";

    /// <summary>Fails where they differ.</summary>
    public static void ShouldBeTheSame(ConfigurationValue ours, HoconValue theirs, string path = "")
    {
        if (path == LaidOver)
            return;
        if (ours.Items is { } items)
        {
            theirs.IsObject().ShouldBeTrue($"{path} is a block for us only");
            items.Keys.ShouldBe(theirs.GetObject().Items.Keys, ignoreOrder: true, path);
            foreach ((string key, ConfigurationValue child) in items)
                ShouldBeTheSame(child, theirs.GetObject().GetKey(key), $"{path}.{key}");
        }
        else if (ours.Elements is { } elements)
        {
            theirs.IsObject().ShouldBeFalse($"{path} is a list for us only");
            theirs.IsString().ShouldBeFalse($"{path} is a list for us only");
            // "[ ]" and a comma on the next line are elements without anything in them for Akka.
            HoconValue[] others = [.. theirs.GetArray().Where(other => other.Values.Count > 0)];
            elements.Count.ShouldBe(others.Length, path);
            for (int element = 0; element < elements.Count; element++)
                ShouldBeTheSame(elements[element], others[element], $"{path}[{element}]");
        }
        else
        {
            theirs.IsString().ShouldBeTrue($"{path} is a text for us only");
            // Akka trims what stands in quotes, and reads "null" in quotes as none.
            if (ours.Text?.Trim() != "null")
                theirs.GetString()?.Trim().ShouldBe(ours.Text?.Trim(), path);
        }
    }
}
