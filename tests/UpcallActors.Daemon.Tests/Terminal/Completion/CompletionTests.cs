using System.Diagnostics;
using System.Text.RegularExpressions;
using UpcallActors.Daemon.Terminal;

namespace UpcallActors.Daemon.Tests.Terminal.Completion;

/// <summary>The scripts for shells, run by them; manual pages; and the help.</summary>
public sealed class CompletionTests
{
    private static readonly string[] Commands =
        ["run", "demo", "config", "show", "top", "trace", "flows", "rules", "monitor", "health", "completion", "man"];

    [Theory]
    [InlineData("upcall-actors mo", "monitor")]
    [InlineData("upcall-actors t", "top trace")]
    [InlineData("upcall-actors monitor --cou", "--count")]
    [InlineData("upcall-actors --json trace --ct", "--ct-next")]
    [InlineData("upcall-actors completion b", "bash")]
    [InlineData("upcall-actors man tra", "trace")]
    [InlineData("upcall-actors top --so", "--sort")]
    [InlineData("upcall-actors config --ef", "--effective")]
    [InlineData("upcall-actors nonsense", "")]
    public async Task Bash_completes_commands_and_options(string line, string expected)
    {
        (int code, string script, _) = await RunAsync("completion", "bash");
        code.ShouldBe(0);
        string[] words = line.Split(' ');
        string ask =
            $"{script}\nCOMP_WORDS=({string.Join(' ', words)}); COMP_CWORD={words.Length - 1}; _upcall_actors; echo \"${{COMPREPLY[*]}}\"";
        (await BashAsync(ask)).ShouldBe(expected + "\n");
    }

    [Fact]
    public async Task Bash_completes_files_behind_options_that_take_one()
    {
        (_, string script, _) = await RunAsync("completion", "bash");
        string ask =
            $"{script}\nCOMP_WORDS=(upcall-actors run --config /etc/pass); COMP_CWORD=3; _upcall_actors; echo \"${{COMPREPLY[*]}}\"";
        (await BashAsync(ask)).ShouldContain("/etc/passwd");
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Each_shell_is_told_of_each_command_and_option(string shell)
    {
        (int code, string script, _) = await RunAsync("completion", shell);
        code.ShouldBe(0);
        foreach (string command in Commands)
        {
            script.ShouldContain(command);
            (_, string help, _) = await RunAsync(command, "--help");
            foreach (Match option in Regex.Matches(help.Split("Examples:")[0], "^  (?:-[a-z?], )*--([a-z-]+)", RegexOptions.Multiline))
                script.ShouldContain(option.Groups[1].Value, customMessage: command);
        }
    }

    [ProgramFact("zsh")]
    public async Task Zsh_takes_the_script()
    {
        (_, string script, _) = await RunAsync("completion", "zsh");
        string ask = $"autoload -Uz compinit && compinit -D -u\n{script}\nprint -r -- ${{_comps[upcall-actors]}}\n";
        (await ShellAsync("zsh", ["-f", "-s"], ask)).ShouldBe("_upcall-actors\n");
    }

    [ProgramFact("fish")]
    public async Task Fish_completes_commands_and_options()
    {
        (_, string script, _) = await RunAsync("completion", "fish");
        (await FishAsync("upcall-actors mo")).ShouldBe(["monitor"]);
        (await FishAsync("upcall-actors t")).ShouldBe(["top", "trace"], ignoreOrder: true);
        (await FishAsync("upcall-actors monitor --cou")).ShouldBe(["--count"]);
        (await FishAsync("upcall-actors completion z")).ShouldBe(["zsh"]);

        async Task<string[]> FishAsync(string line)
        {
            string answer = await ShellAsync("fish", ["--no-config"], $"{script}\ncomplete -C '{line}'\n");
            return [.. answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(found => found.Split('\t')[0])];
        }
    }

    [ProgramFact("man")]
    public async Task Manual_pages_say_what_the_help_says_and_man_finds_nothing_wrong_with_them()
    {
        string folder = Directory.CreateTempSubdirectory("upcall-actors-man-").FullName;
        try
        {
            (int code, _, string errors) = await RunAsync("man", "--output", folder);
            code.ShouldBe(0, errors);
            Directory.GetFiles(folder).Length.ShouldBe(Commands.Length + 1);
            foreach (string command in Commands)
            {
                string page = Path.Combine(folder, $"upcall-actors-{command}.1");
                (await RunAsync("man", command)).Output.ShouldBe(await File.ReadAllTextAsync(page));
                string text = await ShellAsync("sh", ["-c", $"MANWIDTH=80 man --warnings -l '{page}'"], "");
                text.ShouldContain($"upcall-actors-{command}");
                (_, string help, _) = await RunAsync(command, "--help");
                foreach (Match option in Regex.Matches(help.Split("Examples:")[0], "^  (?:-[a-z?], )*(--[a-z-]+)", RegexOptions.Multiline))
                    text.ShouldContain(option.Groups[1].Value, customMessage: command);
            }

            string program = await ShellAsync("sh", ["-c", $"MANWIDTH=80 man --warnings -l '{folder}/upcall-actors.1'"], "");
            foreach (string command in Commands)
                program.ShouldContain($"upcall-actors-{command}(1)");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_said()
    {
        (int code, _, string errors) = await RunAsync("man", "--output", "/proc/nosuch");
        code.ShouldBe(1);
        errors.ShouldStartWith("upcall-actors: ");
    }

    [Fact]
    public async Task Each_command_has_help_with_examples()
    {
        (_, string all, _) = await RunAsync("--help");
        foreach (string command in Commands)
        {
            all.ShouldContain($"  {command}");
            (int code, string help, _) = await RunAsync(command, "--help");
            code.ShouldBe(0);
            help.ShouldContain("Examples:\n", customMessage: command);
            help.ShouldContain($"upcall-actors {command}");
            // What the examples show is what there is.
            foreach (string option in help.Split("Examples:\n")[1].Split([' ', '\n'])
                .Where(word => word.StartsWith("--", StringComparison.Ordinal)))
                help.Split("Examples:\n")[0].ShouldContain(option, customMessage: command);
        }
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    private static Task<string> BashAsync(string script) => ShellAsync("bash", ["--norc", "-s"], script);

    private static async Task<string> ShellAsync(string shell, string[] arguments, string script)
    {
        var start = new ProcessStartInfo(shell, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        (await errors).ShouldBeEmpty();
        return output;
    }
}
