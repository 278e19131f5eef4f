using System.Text;

namespace UpcallActors.Daemon.Terminal.Completion;

/// <summary>The completion for fish.</summary>
internal static class FishCompletion
{
    private const string Bridges = "(upcall-actors show 2>/dev/null | string match -rg '^bridge +([^:]*):')";

    /// <summary>The script, for <c>~/.config/fish/completions/upcall-actors.fish</c>, or to be sourced.</summary>
    public static string Script(ShellCompletion completion)
    {
        string names = string.Join(' ', completion.Commands.Select(command => command.Name));
        string none = $"not __fish_seen_subcommand_from {names}";
        var text = new StringBuilder();
        text.Append("# Completion of upcall-actors for fish: upcall-actors completion fish | source\n");
        text.Append("complete -c upcall-actors -f\n");
        foreach (CompletedCommand command in completion.Commands)
            text.Append($"complete -c upcall-actors -n {Quoted(none)} -a {command.Name} -d {Quoted(FirstSentence(command.Description))}\n");
        AppendOptions(text, none, completion.RootOptions);
        foreach (CompletedCommand command in completion.Commands)
        {
            string seen = $"__fish_seen_subcommand_from {command.Name}";
            AppendOptions(text, seen, command.Options);
            if (command.Values.Count > 0)
                text.Append($"complete -c upcall-actors -n {Quoted(seen)} -a {Quoted(string.Join(' ', command.Values))}\n");
            if (ShellCompletion.OfBridges.Contains(command.Name))
                text.Append($"complete -c upcall-actors -n {Quoted(seen)} -a {Quoted(Bridges)}\n");
        }

        return text.ToString();
    }

    private static void AppendOptions(StringBuilder text, string condition, IEnumerable<CompletedOption> options)
    {
        foreach (CompletedOption option in options)
        {
            text.Append($"complete -c upcall-actors -n {Quoted(condition)}");
            foreach (string name in option.Names)
            {
                if (name.StartsWith("--", StringComparison.Ordinal))
                    text.Append($" -l {name[2..]}");
                else if (name.Length == 2 && char.IsAsciiLetter(name[1]))
                    text.Append($" -s {name[1..]}");
            }

            // -r: a value must follow; -F: it is a file after all.
            text.Append(option.ValueName is null ? "" : option.TakesFile ? " -r -F" : " -r");
            text.Append($" -d {Quoted(FirstSentence(option.Description))}\n");
        }
    }

    private static string FirstSentence(string text) => text.Split(". ", 2)[0].TrimEnd('.');

    private static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
