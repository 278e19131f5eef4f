using System.CommandLine;
using UpcallActors.Daemon.Terminal.Help;

namespace UpcallActors.Daemon.Terminal.Completion;

/// <summary>What a shell is to complete, out of the command line that there is. Hidden commands and options are left out.</summary>
internal sealed class ShellCompletion
{
    /// <summary>What the name of a value says when it is a file's.</summary>
    private static readonly string[] _files = ["FILE", "SOCKET", "DIR"];

    /// <summary>Reads a command line.</summary>
    public ShellCompletion(RootCommand root)
    {
        Option[] everywhere = [.. root.Options.Where(option => option.Recursive)];
        RootOptions = [.. OptionsOf(root.Options)];
        Commands =
        [
            .. root.Subcommands.Where(command => !command.Hidden)
                .Select(command => new CompletedCommand(
                    command.Name, command.Description ?? "", [.. OptionsOf(command.Options.Concat(everywhere))], [.. ValuesOf(command)])),
        ];
    }

    /// <summary>The commands.</summary>
    public IReadOnlyList<CompletedCommand> Commands { get; }

    /// <summary>The options that stand in front of a command.</summary>
    public IReadOnlyList<CompletedOption> RootOptions { get; }

    /// <summary>The commands whose first argument is a bridge, which the daemon is asked for.</summary>
    public static IReadOnlyList<string> OfBridges { get; } = ["trace", "rules"];

    private static IEnumerable<CompletedOption> OptionsOf(IEnumerable<Option> options) =>
        from option in options
        where !option.Hidden
        let names = option.Aliases.Prepend(option.Name).Where(name => name.StartsWith('-')).Distinct().ToArray()
        where names.Length > 0
        select new CompletedOption(names, option.Description ?? "", TakesFile(option), option.HelpName);

    private static bool TakesFile(Option option) =>
        option.HelpName is { } name && _files.Any(word => name.Contains(word, StringComparison.Ordinal));

    private static IEnumerable<string> ValuesOf(Command command) => command.Name switch
    {
        "completion" => CompletionCommand.Shells,
        "man" => command.Parents.OfType<RootCommand>().SelectMany(ManPage.Shown).Select(sub => sub.Name),
        _ => [],
    };
}

/// <summary>A command to complete.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Options">Its options, those of all commands included.</param>
/// <param name="Values">The values that its argument may have; none for any.</param>
internal sealed record CompletedCommand(
    string Name, string Description, IReadOnlyList<CompletedOption> Options, IReadOnlyList<string> Values);

/// <summary>An option to complete.</summary>
/// <param name="Names">Its name, and others that it has.</param>
/// <param name="Description">What it does.</param>
/// <param name="TakesFile">Whether a file follows.</param>
/// <param name="ValueName">What follows; null for nothing.</param>
internal sealed record CompletedOption(IReadOnlyList<string> Names, string Description, bool TakesFile, string? ValueName);
