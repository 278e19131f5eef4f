using System.CommandLine;
using System.Text;

namespace UpcallActors.Daemon.Commands.Clients;

/// <summary>The command <c>completion</c>: prints a script by which a shell completes our command line. It is made from the commands and options that there are.</summary>
internal static class CompletionCommand
{
    private const string Bash = "bash";

    /// <summary>The command, for all commands of <paramref name="root"/>.</summary>
    public static Command Build(RootCommand root)
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell: bash." };
        shell.AcceptOnlyFromAmong(Bash);
        var command = new Command("completion", "Print a script that makes a shell complete commands and options.") { shell };
        command.SetAction(result => result.InvocationConfiguration.Output.Write(ForBash(root)));
        return command;
    }

    /// <summary>The script. Bridges are asked for when one is to be completed; without a daemon there are none.</summary>
    internal static string ForBash(RootCommand root)
    {
        Option[] everywhere = [.. root.Options.Where(option => option.Recursive)];
        var text = new StringBuilder();
        text.Append("# Completion of upcall-actors for bash: source <(upcall-actors completion bash)\n");
        text.Append("_upcall_actors() {\n");
        text.Append("    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= words= i\n");
        text.Append("    for ((i = 1; i < COMP_CWORD; i++)); do\n");
        text.Append("        case ${COMP_WORDS[i]} in\n");
        text.Append($"            {string.Join('|', Commands(root).Select(command => command.Name))}) command=${{COMP_WORDS[i]}}; break ;;\n");
        text.Append("        esac\n");
        text.Append("    done\n");
        text.Append("    case $previous in\n");
        text.Append($"        {string.Join('|', OfFiles(root))}) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n");
        text.Append("    esac\n");
        text.Append("    case $command in\n");
        foreach (Command command in Commands(root))
            text.Append($"        {command.Name}) words='{string.Join(' ', Names(command.Options.Concat(everywhere)).Concat(command.Subcommands.Select(sub => sub.Name)).Concat(Values(command)))}' ;;\n");
        text.Append($"        *) words='{string.Join(' ', Commands(root).Select(command => command.Name).Concat(Names(root.Options)))}' ;;\n");
        text.Append("    esac\n");
        text.Append("    if [[ $command == trace && $previous == trace ]]; then\n");
        text.Append("        words+=\" $(upcall-actors show 2>/dev/null | sed -n 's/^bridge *\\([^:]*\\):.*/\\1/p')\"\n");
        text.Append("    fi\n");
        text.Append("    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n");
        text.Append("}\n");
        text.Append("complete -F _upcall_actors upcall-actors\n");
        return text.ToString();
    }

    private static IEnumerable<Command> Commands(RootCommand root) => root.Subcommands.Where(command => !command.Hidden);

    private static IEnumerable<string> Names(IEnumerable<Option> options) =>
        options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name)).Where(name => name.StartsWith('-')).Distinct();

    private static IEnumerable<string> Values(Command command) => command.Name == "completion" ? [Bash] : [];

    /// <summary>The options that are followed by a file.</summary>
    private static IEnumerable<string> OfFiles(RootCommand root) =>
        Names(root.Options.Concat(Commands(root).SelectMany(command => command.Options)).Where(option => option.HelpName is { } name && (name.Contains("FILE", StringComparison.Ordinal) || name.Contains("SOCKET", StringComparison.Ordinal)))).Distinct();
}
