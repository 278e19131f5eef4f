using System.Reflection;

namespace UpcallActors.Fuzz.Tests;

/// <summary>The list of targets is whole, their corpora are good, and what once brought one down does so no more.</summary>
public sealed class FuzzTargetTests
{
    private static string Crashes => Path.Combine(AppContext.BaseDirectory, "crashes");

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    private static IEnumerable<(string Target, string File)> KnownCrashes =>
        from folder in Directory.Exists(Crashes) ? Directory.GetDirectories(Crashes) : []
        from file in Directory.GetFiles(folder)
        select (Path.GetFileName(folder), file);

    [Fact]
    public void Every_target_of_the_test_projects_is_listed()
    {
        IEnumerable<MethodInfo> found =
            from assembly in FuzzTargets.All.Select(target => target.Method.Module.Assembly).Distinct()
            from type in assembly.GetTypes()
            where type.Name.Contains("Fuzz", StringComparison.Ordinal)
            from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            where !method.IsPrivate && method.GetParameters() is [{ ParameterType: { } type1 }] && type1 == typeof(ReadOnlySpan<byte>)
            select method;

        FuzzTargets.All.Select(target => Name(target.Method)).Distinct().ShouldBe(found.Select(Name), ignoreOrder: true);
        FuzzTargets.All.Select(target => target.Name).ShouldBeUnique();

        static string Name(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_target_accepts_what_it_is_fuzzed_from_and_survives_changes(string name)
    {
        var target = FuzzTargets.Named(name);
        IReadOnlyList<byte[]> corpus = target.Corpus();
        corpus.ShouldNotBeEmpty();
        corpus.Count(input => target.Run(input)).ShouldBeGreaterThan(0);
        var random = new Random(20_261_130);
        for (int i = 0; i < 200; i++)
        {
            byte[] input = Mutation.Next(target, corpus, random);
            Should.NotThrow(() => target.Run(input), $"{name}: {Convert.ToHexString(input)}");
        }
    }

    /// <summary>A parser that refuses nearly all that it is given is hardly tested.</summary>
    [Theory]
    [InlineData("daemon.configuration")]
    [InlineData("openflow.trace")]
    public void Of_what_is_made_by_structure_a_third_at_least_is_accepted(string name)
    {
        const int Inputs = 1500;
        var target = FuzzTargets.Named(name);
        IReadOnlyList<byte[]> corpus = target.Corpus();
        var random = new Random(7);
        HashSet<string> different = [];
        int accepted = 0;
        for (int i = 0; i < Inputs; i++)
        {
            byte[] input = Mutation.Next(target, corpus, random);
            different.Add(Convert.ToBase64String(input));
            accepted += target.Run(input) ? 1 : 0;
        }

        accepted.ShouldBeInRange(Inputs / 3, Inputs - (Inputs / 20), "some are broken on purpose");
        different.Count.ShouldBeGreaterThan(Inputs * 3 / 4);
    }

    [Fact]
    public void What_once_brought_a_target_down_does_so_no_more()
    {
        foreach ((string target, string file) in KnownCrashes)
            Should.NotThrow(() => FuzzTargets.Named(target).Run(File.ReadAllBytes(file)), file);
    }

    [Fact]
    public void A_target_that_is_not_there_is_named() =>
        Should.Throw<ArgumentException>(() => FuzzTargets.Named("odp.nothing")).Message.ShouldStartWith(
            "there is no target odp.nothing; there are ");
}
