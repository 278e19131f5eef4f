using System.CommandLine;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Terminal.Clients;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Terminal;

/// <summary>
/// The command line: <c>upcall-actors [run] [--config FILE]… [--json]</c>,
/// <c>upcall-actors config</c>, and commands to a daemon that runs.
/// </summary>
internal static class CommandLine
{
    /// <summary>Parses and runs; returns the exit code.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="errors">Where problems go.</param>
    /// <param name="attach">What the pipeline is to see as the datapath; tests put something in between.</param>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors,
        Func<IDatapath, IDatapath>? attach = null)
    {
        ParseResult parsed = Build(attach).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
                await errors.WriteLineAsync(message);
            await errors.WriteLineAsync("See upcall-actors --help.");
            return ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = errors,
            EnableDefaultExceptionHandler = false,
            // Signals are the host's: it drains first.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
#pragma warning disable CA1031 // The last resort: a full disk behind standard output, memory that does not suffice for a capture.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await errors.WriteLineAsync($"upcall-actors: {Descriptors.Describe(failure) ?? failure.Message}");
            return ExitCode.Failure;
        }
    }

    private static RootCommand Build(Func<IDatapath, IDatapath>? attach)
    {
        var files = new Option<string[]>("--config")
        {
            Description = "A HOCON file over the built-in defaults. May be given several times; the last one wins. Without any, "
                + "the shipped recordings are replayed.",
            HelpName = "FILE",
            Recursive = true,
            DefaultValueFactory = _ => [],
        };
        var json = new Option<bool>("--json")
        {
            Description = "Print JSON.",
            Recursive = true,
        };
        var root = new RootCommand("Answers upcalls of the Open vSwitch datapath: takes packets that matched no flow, decides by OpenFlow "
            + "tables, and sends them on with their MRU.")
        {
            files,
            json,
        };
        var run = new Command("run", "Run the daemon. This is the default command.");
        root.Subcommands.Add(run);
        foreach (Command command in (Command[])[root, run])
        {
            command.SetAction((result, _) =>
                new RunCommand(result.GetValue(json), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, attach)
                    .RunAsync(result.GetValue(files) ?? []));
        }

        root.Subcommands.Add(DemoCommand.Build(files, attach));
        root.Subcommands.Add(BuildConfig(files, json));
        root.Subcommands.Add(HealthCommand.Build(files, json));
        ClientCommands.AddTo(root, files, json);
        return root;
    }

    private static Command BuildConfig(Option<string[]> files, Option<bool> json)
    {
        var effective = new Option<bool>("--effective")
        {
            Description = "Print each key with its value and who set it: built-in, FILE:line, or an environment variable.",
        };
        var check = new Option<string[]>("--check")
        {
            Description = "Check files, merged as by --config, and print all problems. The exit code is 0 if there is none.",
            HelpName = "FILE",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        var config = new Command("config",
            "Print the built-in configuration with a comment on each key, print the values in use, or check files. Nothing is started.")
            {
                effective, check,
            };
        config.SetAction((result, _) =>
        {
            var command = new ConfigCommand(result.GetValue(json), result.InvocationConfiguration.Output,
                result.InvocationConfiguration.Error);
            string[] named = result.GetValue(files) ?? [];
            return result.GetValue(check) is { Length: > 0 } checkedFiles ? command.CheckAsync([.. named, .. checkedFiles])
                : result.GetValue(effective) ? command.ShowEffectiveAsync(named)
                : command.ShowReferenceAsync();
        });
        return config;
    }
}
