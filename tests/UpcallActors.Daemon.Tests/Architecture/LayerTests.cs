using System.Reflection;
using System.Security;

namespace UpcallActors.Daemon.Tests.Architecture;

/// <summary>
/// The projects and what each uses of the others, no more and no fewer; unsafe code in Linux alone.
/// </summary>
public sealed class LayerTests
{
    private const string Prefix = "UpcallActors.";

    public static TheoryData<string, string[]> Layers => new()
    {
        { "Linux", [] },
        { "Packets", [] },
        { "Odp", ["Linux", "Packets"] },
        { "OpenFlow", ["Packets"] },
        { "Ofproto", ["Linux", "Odp", "OpenFlow", "Packets"] },
        { "Embedded", ["Linux", "Odp", "Packets"] },
        { "Kernel", ["Linux", "Odp"] },
        { "Pipeline", ["Linux", "Odp", "Packets"] },
        { "Switch", ["Linux", "Odp", "Ofproto", "OpenFlow", "Ovsdb", "Embedded", "Kernel", "Pipeline"] },
        { "Hosting", ["Linux", "Odp", "Ofproto", "OpenFlow", "Embedded", "Kernel", "Pipeline", "Switch"] },
        { "Web", ["Linux", "Odp", "Ofproto"] },
        { "Unixctl", ["Linux"] },
        { "Ovsdb", [] },
        {
            "Daemon",
            ["Linux", "Odp", "Ofproto", "OpenFlow", "Embedded", "Kernel", "Packets", "Pipeline", "Switch", "Hosting", "Unixctl", "Web"]
        },
    };

    internal static string[] Names => [.. Layers.Select(row => (string)row[0])];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_uses_exactly_the_layers_that_it_is_said_to_use(string layer, string[] used) =>
        Load(layer).GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal)
            .ShouldBe(used.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_project_is_a_layer() =>
        Directory.GetDirectories(Path.Combine(RepositoryRoot(), "src"))
            // A checkout that was built before a move has folders without a project.
            .Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any())
            .Select(folder => Path.GetFileName(folder)[Prefix.Length..])
            .Order(StringComparer.Ordinal)
            .ShouldBe(Names.Order(StringComparer.Ordinal));

    [Fact]
    public void No_two_types_have_the_same_name()
    {
        var types = Names.SelectMany(layer => Load(layer).GetTypes().Select(type => (Layer: layer, Type: type)))
            .Where(found => !found.Type.IsNested && found.Type.Namespace?.StartsWith("UpcallActors", StringComparison.Ordinal) == true)
            .ToArray();
        types.Length.ShouldBeGreaterThan(500);
        types.GroupBy(found => found.Type.Name, found => $"{found.Layer}: {found.Type.FullName}")
            .Where(same => same.Count() > 1)
            .Select(same => string.Join(", ", same))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_pipeline_and_who_runs_it_know_actors()
    {
        string[] others = ["Linux", "Packets", "Odp", "OpenFlow", "Ofproto", "Embedded", "Kernel", "Unixctl", "Ovsdb", "Web"];
        foreach (string layer in others)
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

    internal static Assembly Load(string layer) => Assembly.Load(layer == "Daemon" ? "upcall-actors" : Prefix + layer);

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
