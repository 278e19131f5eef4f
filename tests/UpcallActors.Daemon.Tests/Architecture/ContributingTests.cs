using System.Text.RegularExpressions;

namespace UpcallActors.Daemon.Tests.Architecture;

/// <summary>The documentation says where a new thing begins and what the rooms of the daemon are: that holds, also after a move.</summary>
public sealed partial class ContributingTests
{
    private static readonly string _root = RepositoryRoot();

    [Fact]
    public void Every_type_to_begin_with_is_in_the_source()
    {
        string[] files = [.. Sources().Select(file => Path.GetFileNameWithoutExtension(file).Split('.')[0]).Distinct()];
        string[] named = [.. TypeName().Matches(WhereThingsGo()).Select(match => match.Value).Distinct()];
        named.Length.ShouldBeGreaterThan(15);
        named.Except(files).ShouldBeEmpty();
    }

    [Fact]
    public void Every_folder_to_begin_with_is_in_the_source()
    {
        string[] folders = [.. Sources().Select(file => Path.GetDirectoryName(file)! + "/").Distinct()];
        string[] named = [.. FolderName().Matches(WhereThingsGo()).Select(match => match.Groups["name"].Value).Distinct()];
        named.Length.ShouldBeGreaterThan(5);
        named.Where(name => !folders.Any(folder => folder.EndsWith("/" + name, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_room_of_the_daemon_is_in_the_picture_of_the_architecture()
    {
        string daemon = Path.Combine(_root, "src", "UpcallActors.Daemon") + "/";
        string[] rooms = [.. Sources().Where(file => file.StartsWith(daemon, StringComparison.Ordinal))
            .Select(file => file[daemon.Length..].Split('/')).Where(path => path.Length > 1).Select(path => path[0])
            .Distinct().Order(StringComparer.Ordinal)];
        rooms.Length.ShouldBeGreaterThan(5);
        string page = File.ReadAllText(Path.Combine(_root, "docs", "architecture.md"));
        page[page.IndexOf("\n### Rooms\n", StringComparison.Ordinal)..].Split('\n')
            .SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|')[1].Trim(' ', '`'))
            .Order(StringComparer.Ordinal).ShouldBe(rooms);
    }

    /// <summary>The table of the section, without the links of the text behind it.</summary>
    private static string WhereThingsGo()
    {
        string text = File.ReadAllText(Path.Combine(_root, "CONTRIBUTING.md"));
        int from = text.IndexOf("\n## Where does it go\n", StringComparison.Ordinal);
        from.ShouldBeGreaterThan(0);
        string section = text[from..text.IndexOf("\n## ", from + 4, StringComparison.Ordinal)];
        return string.Join('\n', section.Split('\n').Where(line => line.StartsWith('|')));
    }

    private static IEnumerable<string> Sources() =>
        from folder in (string[])["src", "tests"]
        from file in Directory.EnumerateFiles(Path.Combine(_root, folder), "*.cs", SearchOption.AllDirectories)
        where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
        select file;

    private static string RepositoryRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory != null && !File.Exists(Path.Combine(directory.FullName, "UpcallActors.sln")))
            directory = directory.Parent;
        return directory.ShouldNotBeNull("the tests run inside the repository").FullName;
    }

    [GeneratedRegex("(?<=`)[A-Z][a-z]+([A-Z][a-z]+)+(?=[`.])")]
    private static partial Regex TypeName();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]+/([A-Z][A-Za-z]+/)?)`")]
    private static partial Regex FolderName();
}
