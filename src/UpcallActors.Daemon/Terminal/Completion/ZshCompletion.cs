using System.Text;

namespace UpcallActors.Daemon.Terminal.Completion;

/// <summary>The completion for zsh.</summary>
internal static class ZshCompletion
{
    /// <summary>The script, for a file <c>_upcall-actors</c> in <c>$fpath</c>, or to be sourced behind <c>compinit</c>.</summary>
    public static string Script(ShellCompletion completion)
    {
        var text = new StringBuilder();
        text.Append("#compdef upcall-actors\n");
        text.Append("# Completion of upcall-actors for zsh: source <(upcall-actors completion zsh), or a file _upcall-actors in $fpath\n");
        text.Append("_upcall-actors() {\n");
        text.Append("    local curcontext=$curcontext state line\n");
        text.Append("    local -a commands=(\n");
        foreach (CompletedCommand command in completion.Commands)
            text.Append($"        {Quoted($"{command.Name}:{FirstSentence(command.Description)}")}\n");
        text.Append("    )\n");
        text.Append($"    _arguments -C {Specifications(completion.RootOptions)} '1: :->command' '*:: :->rest' && return\n");
        text.Append("    if [[ $state == command ]]; then\n");
        text.Append("        _describe -t commands command commands\n");
        text.Append("        return\n");
        text.Append("    fi\n");
        text.Append("    case $line[1] in\n");
        foreach (CompletedCommand command in completion.Commands)
            text.Append($"        {command.Name}) _arguments {Specifications(command.Options)}{FirstArgument(command)} '*: :_files' ;;\n");
        text.Append("    esac\n");
        text.Append("}\n");
        // A sourced script is not called by its file's name.
        text.Append("if [[ ${funcstack[1]} == _upcall-actors ]]; then\n");
        text.Append("    _upcall-actors \"$@\"\n");
        text.Append("else\n");
        text.Append("    compdef _upcall-actors upcall-actors\n");
        text.Append("fi\n");
        return text.ToString();
    }

    private static string FirstArgument(CompletedCommand command) =>
        command.Values.Count > 0 ? $" '1: :({string.Join(' ', command.Values)})'"
        : ShellCompletion.OfBridges.Contains(command.Name)
            ? " '1:bridge:($(upcall-actors show 2>/dev/null | sed -n '\\''s/^bridge *\\([^:]*\\):.*/\\1/p'\\''))'"
            : "";

    /// <summary>An option as <c>_arguments</c> takes it: <c>--name[what it does]:VALUE:_files</c>.</summary>
    private static string Specifications(IEnumerable<CompletedOption> options) =>
        string.Join(' ', options.SelectMany(option => option.Names.Select(name => Specification(name, option))));

    private static string Specification(string name, CompletedOption option)
    {
        string value = option.ValueName is null ? "" : $":{Escaped(option.ValueName)}:{(option.TakesFile ? "_files" : "")}";
        return Quoted($"{name}[{Escaped(FirstSentence(option.Description))}]{value}");
    }

    private static string FirstSentence(string text) => text.Split(". ", 2)[0].TrimEnd('.');

    private static string Escaped(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
