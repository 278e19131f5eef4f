using System.Text;

namespace UpcallActors.Daemon.Terminal.Completion;

/// <summary>The completion for bash.</summary>
internal static class BashCompletion
{
    /// <summary>The script. Bridges are asked for when one is to be completed; without a daemon there are none.</summary>
    public static string Script(ShellCompletion completion)
    {
        IEnumerable<string> names = completion.Commands.Select(command => command.Name);
        var text = new StringBuilder();
        text.Append("# Completion of upcall-actors for bash: source <(upcall-actors completion bash)\n");
        text.Append("_upcall_actors() {\n");
        text.Append("    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= words= i\n");
        text.Append("    for ((i = 1; i < COMP_CWORD; i++)); do\n");
        text.Append("        case ${COMP_WORDS[i]} in\n");
        text.Append($"            {string.Join('|', names)}) command=${{COMP_WORDS[i]}}; break ;;\n");
        text.Append("        esac\n");
        text.Append("    done\n");
        text.Append("    case $previous in\n");
        text.Append($"        {string.Join('|', OfFiles(completion))}) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n");
        text.Append("    esac\n");
        text.Append("    case $command in\n");
        foreach (CompletedCommand command in completion.Commands)
        {
            IEnumerable<string> words = command.Options.SelectMany(option => option.Names).Concat(command.Values);
            text.Append($"        {command.Name}) words='{string.Join(' ', words)}' ;;\n");
        }

        text.Append($"        *) words='{string.Join(' ', names.Concat(completion.RootOptions.SelectMany(option => option.Names)))}' ;;\n");
        text.Append("    esac\n");
        foreach (string command in ShellCompletion.OfBridges)
        {
            text.Append($"    if [[ $command == {command} && $previous == {command} ]]; then\n");
            text.Append("        words+=\" $(upcall-actors show 2>/dev/null | sed -n 's/^bridge *\\([^:]*\\):.*/\\1/p')\"\n");
            text.Append("    fi\n");
        }

        text.Append("    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n");
        text.Append("}\n");
        text.Append("complete -F _upcall_actors upcall-actors\n");
        return text.ToString();
    }

    private static IEnumerable<string> OfFiles(ShellCompletion completion) => completion.RootOptions
        .Concat(completion.Commands.SelectMany(command => command.Options))
        .Where(option => option.TakesFile).SelectMany(option => option.Names).Distinct();
}
