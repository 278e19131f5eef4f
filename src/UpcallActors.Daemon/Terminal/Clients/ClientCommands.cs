using System.CommandLine;
using System.CommandLine.Help;
using UpcallActors.Daemon.Terminal.Completion;
using UpcallActors.Daemon.Terminal.Help;
using UpcallActors.Daemon.Terminal.Monitoring;
using UpcallActors.Daemon.Terminal.Top;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>
/// The commands to a daemon that runs. They are kept apart from the daemon's own, so that none of what those need is loaded.
/// </summary>
internal static class ClientCommands
{
    /// <summary>Adds them, and examples to the help of all commands.</summary>
    public static void AddTo(RootCommand root, Option<string[]> files, Option<bool> json)
    {
        var options = new ClientOptions(files, json);
        root.Subcommands.Add(ShowCommand.Build(options));
        root.Subcommands.Add(TopCommand.Build(options));
        root.Subcommands.Add(TraceCommand.Build(options));
        root.Subcommands.Add(FlowsCommand.Build(options));
        root.Subcommands.Add(RulesCommand.Build(options));
        root.Subcommands.Add(MonitorCommand.Build(options));
        root.Subcommands.Add(CompletionCommand.Build(root));
        root.Subcommands.Add(ManCommand.Build(root));
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((HelpAction)help.Action!);
    }
}
