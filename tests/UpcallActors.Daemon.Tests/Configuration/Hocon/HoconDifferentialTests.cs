using System.Globalization;
using System.Reflection;
using System.Text;
using Akka.Configuration;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Tests.Configuration.Hocon;

/// <summary>
/// What Akka.NET's own parser reads from texts as its users write them, we read likewise: the dialect of docs/configuration.md.
/// </summary>
public sealed class HoconDifferentialTests
{
    public static TheoryData<string> Corpus =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "hocon"), "*.conf").Select(file => Path.GetFileName(file))
        .Order(StringComparer.Ordinal)];

    /// <summary>What Akka itself is configured with.</summary>
    public static TheoryData<string, string> AkkaOwn => new()
    {
        { "Akka", "Akka.Configuration.akka.conf" },
        { "Akka.Streams", "Akka.Streams.reference.conf" },
    };

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Files_as_users_of_Akka_write_them_mean_the_same(string file) =>
        ShouldMeanTheSame(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", file)));

    [Theory]
    [MemberData(nameof(AkkaOwn))]
    public void Akkas_own_defaults_mean_the_same(string assembly, string resource)
    {
        using Stream stream = Assembly.Load(assembly).GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        ShouldMeanTheSame(reader.ReadToEnd());
    }

    [Fact]
    public void Generated_texts_mean_the_same()
    {
        int iterations = int.Parse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS") ?? "3000", CultureInfo.InvariantCulture);
        var random = new Random(20_261_130);
        for (int i = 0; i < iterations; i++)
        {
            string text = new HoconWriter(random).Write();
            try
            {
                ShouldMeanTheSame(text);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"iteration {i}:\n{text}", failure);
            }
        }
    }

    [Theory]
    [InlineData("5s 5 s 1.5 minutes 3 seconds 1 second 2h 1 day 1d 500ms 5000 millis 0.1ms 100 micros 50micro 10 7 milliseconds")]
    public void Durations_are_as_long_as_in_Akka(string texts)
    {
        foreach (string text in TextsOf(texts))
        {
            ConfigurationUnits.TryParseDuration(text, out decimal milliseconds).ShouldBeTrue(text);
            TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond))
                .ShouldBe(ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a"), text);
        }
    }

    [Theory]
    [InlineData("5 5b 5B 1k 1K 1kB 1KiB 1Ki 1M 1m 1MB 1MiB 1g 1GiB 1G 1GB 1 MB 1 kilobyte 2 mebibytes 7 bytes")]
    public void Sizes_are_as_large_as_in_Akka(string texts)
    {
        foreach (string text in TextsOf(texts))
        {
            ConfigurationUnits.TryParseSize(text, out decimal bytes).ShouldBeTrue(text);
            ((long?)bytes).ShouldBe(ConfigurationFactory.ParseString($"a = {text}").GetByteSize("a"), text);
        }
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("yes")]
    [InlineData("True")]
    [InlineData("1")]
    public void Switches_are_on_as_in_Akka_and_what_it_refuses_is_refused(string text)
    {
        using var folder = new ConfigurationFolder();
        (DaemonOptions? options, _) = folder.Read(DaemonOptionsTests.Good, $"upcall-actors.datapath.take-over = {text}");
        Config akka = ConfigurationFactory.ParseString($"a = {text}");
        if (options == null)
            Should.Throw<NotSupportedException>(() => akka.GetBoolean("a"));
        else
            options.Datapath.TakeOver.ShouldBe(akka.GetBoolean("a"));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("007")]
    [InlineData("0x7")]
    [InlineData("7.0")]
    [InlineData("7e0")]
    [InlineData("\"7\"")]
    [InlineData("7 # seven")]
    public void Numbers_are_as_in_Akka_and_what_it_refuses_is_refused(string text)
    {
        using var folder = new ConfigurationFolder();
        (DaemonOptions? options, _) = folder.Read(DaemonOptionsTests.Good, $"upcall-actors.handlers = {text}\n");
        Config akka = ConfigurationFactory.ParseString($"a = {text}\n");
        if (options == null)
            Should.Throw<FormatException>(() => akka.GetInt("a"));
        else
            options.Handlers.ShouldBe(akka.GetInt("a"));
    }

    /// <summary>A number and its unit have a space between, and so have the texts.</summary>
    private static IEnumerable<string> TextsOf(string texts)
    {
        var text = new StringBuilder();
        foreach (string word in texts.Split(' '))
        {
            if (text.Length > 0 && char.IsAsciiDigit(word[0]))
            {
                yield return text.ToString();
                text.Clear();
            }

            text.Append(text.Length == 0 ? "" : " ").Append(word);
        }

        yield return text.ToString();
    }

    private static void ShouldMeanTheSame(string text)
    {
        string lines = text.ReplaceLineEndings("\n");
        var ours = ConfigurationSource.Parse("a.conf", lines, _ => null);
        ours.Problems.Select(problem => problem.ToString()).ShouldBeEmpty();
        AkkaComparison.ShouldBeTheSame(ours.Root, AkkaComparison.Parse(lines).ShouldNotBeNull().Root);
    }
}
