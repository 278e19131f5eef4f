using System.CommandLine;

namespace UpcallActors.Daemon.Terminal.Completion;

/// <summary>
/// The command <c>completion</c>: prints a script by which a shell completes our command line. It is made from the commands and options
/// that there are.
/// </summary>
internal static class CompletionCommand
{
    /// <summary>The shells there is a script for.</summary>
    public static readonly string[] Shells = ["bash", "zsh", "fish"];

    /// <summary>The command, for all commands of <paramref name="root"/>.</summary>
    public static Command Build(RootCommand root)
    {
        var shell = new Argument<string>("SHELL") { Description = $"The shell: {string.Join(", ", Shells)}." };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new Command("completion", "Print a script that makes a shell complete commands and options.") { shell };
        command.SetAction(result =>
        {
            var completion = new ShellCompletion(root);
            result.InvocationConfiguration.Output.Write(result.GetRequiredValue(shell) switch
            {
                "zsh" => ZshCompletion.Script(completion),
                "fish" => FishCompletion.Script(completion),
                _ => BashCompletion.Script(completion),
            });
        });
        return command;
    }
}
