using System.Reflection;
using System.Security;
using NetArchTest.Rules;

namespace UpcallActors.Daemon.Tests.Architecture;

/// <summary>
/// Linux ← Odp ← {OpenFlow, Embedded, Kernel} ← Pipeline ← {Hosting, Web} ← Daemon, and unsafe code in Linux alone.
/// </summary>
public sealed class LayerTests
{
    private const string Prefix = "UpcallActors.";

    public static TheoryData<string, string[]> Layers => new()
    {
        { "Linux", [] },
        { "Odp", ["Linux"] },
        { "OpenFlow", ["Linux", "Odp"] },
        { "Embedded", ["Linux", "Odp"] },
        { "Kernel", ["Linux", "Odp"] },
        { "Pipeline", ["Linux", "Odp", "OpenFlow", "Embedded"] },
        { "Hosting", ["Linux", "Odp", "OpenFlow", "Embedded", "Kernel", "Pipeline"] },
        { "Web", ["Linux", "Odp", "OpenFlow", "Embedded", "Pipeline"] },
        { "Daemon", ["Linux", "Odp", "OpenFlow", "Embedded", "Kernel", "Pipeline", "Hosting", "Web"] },
    };

    private static string[] Names => [.. Layers.Select(row => (string)row[0])];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_knows_only_the_layers_below_it(string layer, string[] below)
    {
        string[] forbidden = [.. Names.Except([layer, .. below]).Select(name => Prefix + name)];
        Types types = Types.InAssembly(Load(layer));
        types.GetTypes().ShouldNotBeEmpty();
        if (forbidden.Length == 0)
            return;
        NetArchTest.Rules.TestResult result = types.ShouldNot().HaveDependencyOnAny(forbidden).GetResult();
        (result.FailingTypeNames ?? []).ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_pipeline_and_who_runs_it_know_actors()
    {
        foreach (string layer in (string[])["Linux", "Odp", "OpenFlow", "Embedded", "Kernel", "Web"])
            Load(layer).GetReferencedAssemblies().Select(name => name.Name).ShouldNotContain("Akka", layer);
    }

    [Fact]
    public void Only_Linux_calls_native_code()
    {
        NativeMethods("Linux").ShouldNotBeEmpty();
        foreach (string layer in Names.Where(name => name != "Linux"))
            NativeMethods(layer).ShouldBeEmpty();
    }

    [Fact]
    public void Only_Linux_is_compiled_with_unsafe_code_allowed()
    {
        foreach (string layer in Names)
            Load(layer).ManifestModule.IsDefined(typeof(UnverifiableCodeAttribute), inherit: false).ShouldBe(layer == "Linux", layer);
    }

    [Fact]
    public void No_project_but_Linux_switches_unsafe_code_on()
    {
        string[] projects = Directory.GetFiles(RepositoryRoot(), "*.csproj", SearchOption.AllDirectories);
        projects.Length.ShouldBeGreaterThan(Names.Length);
        projects.Where(project => File.ReadAllText(project).Contains("AllowUnsafeBlocks", StringComparison.OrdinalIgnoreCase))
            .Select(Path.GetFileNameWithoutExtension)
            .ShouldBe(["UpcallActors.Linux"]);
    }

    private static Assembly Load(string layer) => Assembly.Load(layer == "Daemon" ? "upcall-actors" : Prefix + layer);

    private static IEnumerable<string> NativeMethods(string layer) =>
        from type in Load(layer).GetTypes()
        from method in type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public
            | BindingFlags.NonPublic)
        where method.Attributes.HasFlag(MethodAttributes.PinvokeImpl)
        select $"{type.FullName}.{method.Name}";

    private static string RepositoryRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory != null && !File.Exists(Path.Combine(directory.FullName, "UpcallActors.sln")))
            directory = directory.Parent;
        return directory.ShouldNotBeNull("the tests run inside the repository").FullName;
    }
}
