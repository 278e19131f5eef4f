using System.CommandLine;
using System.Globalization;
using System.Text;

namespace UpcallActors.Daemon.Terminal.Help;

/// <summary>A manual page in the macros of man(7), made of what the command line says of itself.</summary>
internal static class ManPage
{
    private const string Program = "upcall-actors";

    /// <summary>The page of the program: what it is, its commands, and the options of all of them.</summary>
    public static string OfProgram(RootCommand root, string version)
    {
        var text = new StringBuilder();
        AppendHead(text, Program, "answers upcalls of Open vSwitch datapaths", version);
        text.Append(".SH SYNOPSIS\n.B ").Append(Program).Append("\n[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]\n");
        text.Append(".SH DESCRIPTION\n").Append(Escaped(root.Description ?? "")).Append('\n');
        text.Append(".SH COMMANDS\n");
        foreach (Command command in Shown(root))
            text.Append(".TP\n.BR ").Append(PageOf(command)).Append(" (1)\n").Append(Escaped(command.Description ?? "")).Append('\n');
        AppendOptions(text, root.Options);
        AppendExamples(text, ExampleHelp.Of(null));
        text.Append(".SH EXIT STATUS\n");
        AppendTerm(text, "0", "All went well, also after Ctrl-C.");
        AppendTerm(text, "1", "The daemon is not running, refuses, or has failed.");
        AppendTerm(text, "2", "The command line is wrong.");
        text.Append(".SH FILES\n");
        AppendTerm(text, "/run/upcall-actors", "The control socket and the pidfile, unless the configuration says otherwise.");
        AppendSeeAlso(text, [.. Shown(root).Select(PageOf), "ovs-appctl(8)", "ovs-vswitchd(8)"]);
        return text.ToString();
    }

    /// <summary>The page of a command.</summary>
    public static string OfCommand(RootCommand root, Command command, string version)
    {
        var text = new StringBuilder();
        AppendHead(text, PageOf(command), Uncapitalised(FirstSentence(command.Description ?? "")), version);
        text.Append(".SH SYNOPSIS\n.B ").Append(Program).Append(' ').Append(Escaped(command.Name)).Append('\n');
        foreach (Argument argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            string name = $"\\fI{Escaped(argument.Name)}\\fR";
            text.Append(argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]\n" : $"{name}\n");
        }

        text.Append("[\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n").Append(Escaped(command.Description ?? "")).Append('\n');
        foreach (Argument argument in command.Arguments.Where(argument => !argument.Hidden))
            text.Append(".TP\n.I ").Append(Escaped(argument.Name)).Append('\n').Append(Escaped(argument.Description ?? "")).Append('\n');
        AppendOptions(text, command.Options.Concat(root.Options.Where(option => option.Recursive)));
        AppendExamples(text, ExampleHelp.Of(command.Name));
        AppendSeeAlso(text, [Program]);
        return text.ToString();
    }

    /// <summary>The name of a command's page, which is its file's without <c>.1</c>.</summary>
    public static string PageOf(Command command) => $"{Program}-{command.Name}";

    /// <summary>The commands that have a page.</summary>
    public static IEnumerable<Command> Shown(RootCommand root) => root.Subcommands.Where(command => !command.Hidden);

    private static void AppendHead(StringBuilder text, string page, string summary, string version)
    {
        text.Append(CultureInfo.InvariantCulture, $".TH {Escaped(page.ToUpperInvariant())} 1 \"\" ");
        text.Append(CultureInfo.InvariantCulture, $"\"UpcallActors {Escaped(version)}\" \"User Commands\"\n");
        // Left as they are: what is typed is not hyphenated, and lines are ragged as in a terminal.
        text.Append(".nh\n.ad l\n");
        text.Append(".SH NAME\n").Append(Escaped(page)).Append(" \\- ").Append(Escaped(summary)).Append('\n');
    }

    private static void AppendOptions(StringBuilder text, IEnumerable<Option> options)
    {
        text.Append(".SH OPTIONS\n");
        foreach (Option option in options.Where(option => !option.Hidden))
        {
            IEnumerable<string> names = option.Aliases.Prepend(option.Name).Where(name => name.StartsWith('-')).Distinct();
            text.Append(".TP\n").Append(string.Join(", ", names.Select(name => $"\\fB{Escaped(name)}\\fR")));
            if (option.HelpName is { } value)
                text.Append(" \\fI").Append(Escaped(value)).Append("\\fR");
            text.Append('\n').Append(Escaped(option.Description ?? "")).Append('\n');
        }
    }

    private static void AppendExamples(StringBuilder text, IReadOnlyList<string> examples)
    {
        text.Append(".SH EXAMPLES\n.nf\n");
        foreach (string example in examples)
            text.Append(Escaped(example)).Append('\n');
        text.Append(".fi\n");
    }

    private static void AppendTerm(StringBuilder text, string term, string what) =>
        text.Append(".TP\n.B ").Append(Escaped(term)).Append('\n').Append(Escaped(what)).Append('\n');

    private static void AppendSeeAlso(StringBuilder text, IReadOnlyList<string> pages)
    {
        text.Append(".SH SEE ALSO\n");
        for (int i = 0; i < pages.Count; i++)
        {
            string[] parts = pages[i].Split('(', ')');
            string section = parts.Length > 1 ? parts[1] : "1";
            text.Append(".BR ").Append(Escaped(parts[0])).Append(" (").Append(section).Append(i + 1 < pages.Count ? "),\n" : ")\n");
        }
    }

    /// <summary>Text that troff prints as it is: a hyphen that can be copied, no escapes, no request at a line's beginning.</summary>
    private static string Escaped(string text)
    {
        string escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }

    private static string FirstSentence(string text) => text.Split(". ", 2)[0].TrimEnd('.');

    private static string Uncapitalised(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
}
