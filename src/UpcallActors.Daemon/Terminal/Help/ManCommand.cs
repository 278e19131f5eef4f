using System.CommandLine;

namespace UpcallActors.Daemon.Terminal.Help;

/// <summary>The command <c>man</c>: prints a manual page, or writes all of them into a folder.</summary>
internal static class ManCommand
{
    /// <summary>The command, for all commands of <paramref name="root"/>.</summary>
    public static Command Build(RootCommand root)
    {
        var page = new Argument<string?>("COMMAND")
        {
            Description = "The command whose page to print. Without it, the program's page.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var folder = new Option<string?>("--output", "-o")
        {
            Description = "Write all pages into this folder instead, as NAME.1.",
            HelpName = "DIR",
        };
        var command = new Command("man", "Print a manual page: upcall-actors man top | man -l -") { page, folder };
        command.SetAction(async (result, cancellation) =>
        {
            TextWriter errors = result.InvocationConfiguration.Error;
            if (result.GetValue(folder) is { } path)
                return await WriteAllAsync(root, path, errors, cancellation);
            string? name = result.GetValue(page);
            Command? found = name is null ? root : ManPage.Shown(root).FirstOrDefault(candidate => candidate.Name == name);
            if (found is null)
            {
                await errors.WriteLineAsync($"there is no command {name}");
                return ExitCode.Usage;
            }

            await result.InvocationConfiguration.Output.WriteAsync(PageOf(root, found));
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<int> WriteAllAsync(RootCommand root, string folder, TextWriter errors, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "upcall-actors.1"), PageOf(root, root), cancellation);
            foreach (Command command in ManPage.Shown(root))
                await File.WriteAllTextAsync(Path.Combine(folder, ManPage.PageOf(command) + ".1"), PageOf(root, command), cancellation);
            return ExitCode.Success;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"upcall-actors: {refused.Message}");
            return ExitCode.Failure;
        }
    }

    private static string PageOf(RootCommand root, Command command)
    {
        string version = typeof(ManCommand).Assembly.GetName().Version!.ToString(3);
        return command == root ? ManPage.OfProgram(root, version) : ManPage.OfCommand(root, command, version);
    }
}
