using System.Text.RegularExpressions;

namespace UpcallActors.Tests;

/// <summary>The commands that README and docs tell their readers to type. They are read from the pages: a new one is a new test.</summary>
internal static partial class DocumentedCommands
{
    private static readonly string _pages = Path.Combine(AppContext.BaseDirectory, "documents");

    /// <summary>
    /// The lines of a page's code blocks that run the daemon or <c>ovs-appctl</c>, or signal it: what stands before its comment, and
    /// what the block has said the shell before it. Synopses, whose words stand for others, are none.
    /// </summary>
    public static IEnumerable<DocumentedCommand> All() =>
        from page in Directory.EnumerateFiles(_pages, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        from block in BlocksOf(File.ReadAllText(page), "")
        from command in CommandsOf(Path.GetRelativePath(_pages, page), block)
        select command;

    /// <summary>The code blocks of a kind, such as <c>hocon</c>, below a heading; of the README if no other page is named.</summary>
    public static IReadOnlyList<string> Blocks(string heading, string kind, string page = "README.md")
    {
        string text = File.ReadAllText(Path.Combine(_pages, page));
        int from = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        if (from < 0)
            throw new InvalidOperationException($"{page} has no heading '{heading}'");
        int to = text.IndexOf("\n## ", from + 4, StringComparison.Ordinal);
        return [.. BlocksOf(to < 0 ? text[from..] : text[from..to], kind)];
    }

    /// <summary>The code blocks of a kind of all pages, each with its page.</summary>
    public static IEnumerable<(string Page, string Block)> AllBlocks(string kind) =>
        from page in Directory.EnumerateFiles(_pages, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        from block in BlocksOf(File.ReadAllText(page), kind)
        select (Path.GetRelativePath(_pages, page), block);

    private static IEnumerable<string> BlocksOf(string text, string kind) =>
        from Match block in Block().Matches(text) where block.Groups["kind"].Value == kind select block.Groups["text"].Value;

    private static IEnumerable<DocumentedCommand> CommandsOf(string page, string block)
    {
        string before = "";
        foreach (string line in block.Split('\n'))
        {
            string command = Comment().Replace(line, "").TrimEnd();
            command = command.StartsWith("$ ", StringComparison.Ordinal) ? command[2..] : command;
            if (ForShell().IsMatch(command))
                before += command + "\n";
            else if (OfDaemon().IsMatch(command) && !Synopsis().IsMatch(command))
                yield return new DocumentedCommand(page, before, FromSource().Replace(command, "upcall-actors"));
        }
    }

    [GeneratedRegex(
        @"^```(?<kind>[a-z]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();

    [GeneratedRegex(@"(^|\s+)# .*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(export [A-Z_]+=|echo .* > )")]
    private static partial Regex ForShell();

    [GeneratedRegex(
        @"^([A-Z_]+=\S+ )*((/opt/upcall-actors/)?upcall-actors( |$)|ovs-appctl |kill |dotnet run --project src/UpcallActors\.Daemon)")]
    private static partial Regex OfDaemon();

    [GeneratedRegex("…|\\[[a-z-]|\\b[A-Z]{4,}( |$)")]
    private static partial Regex Synopsis();

    [GeneratedRegex(@"/opt/upcall-actors/upcall-actors|dotnet run --project src/UpcallActors\.Daemon( --(?= ))?")]
    private static partial Regex FromSource();
}
