using System.Diagnostics;
using UpcallActors.Daemon.Commands;

namespace UpcallActors.Daemon.Tests.Commands.Clients;

/// <summary>The script for bash, run by bash; and the help.</summary>
public sealed class CompletionTests
{
    private static readonly string[] Commands = ["run", "config", "show", "top", "trace", "flows", "monitor", "completion"];

    [Theory]
    [InlineData("upcall-actors mo", "monitor")]
    [InlineData("upcall-actors t", "top trace")]
    [InlineData("upcall-actors monitor --cou", "--count")]
    [InlineData("upcall-actors --json trace --ct", "--ct-next")]
    [InlineData("upcall-actors completion b", "bash")]
    [InlineData("upcall-actors config --ef", "--effective")]
    [InlineData("upcall-actors nonsense", "")]
    public async Task Bash_completes_commands_and_options(string line, string expected)
    {
        (int code, string script, _) = await RunAsync("completion", "bash");
        code.ShouldBe(0);
        string[] words = line.Split(' ');
        string ask = $"{script}\nCOMP_WORDS=({string.Join(' ', words)}); COMP_CWORD={words.Length - 1}; _upcall_actors; echo \"${{COMPREPLY[*]}}\"";
        (await BashAsync(ask)).ShouldBe(expected + "\n");
    }

    [Fact]
    public async Task Bash_completes_files_behind_options_that_take_one()
    {
        (_, string script, _) = await RunAsync("completion", "bash");
        string ask = $"{script}\nCOMP_WORDS=(upcall-actors run --config /etc/pass); COMP_CWORD=3; _upcall_actors; echo \"${{COMPREPLY[*]}}\"";
        (await BashAsync(ask)).ShouldContain("/etc/passwd");
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
            foreach (string option in help.Split("Examples:\n")[1].Split([' ', '\n']).Where(word => word.StartsWith("--", StringComparison.Ordinal)))
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

    private static async Task<string> BashAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["--norc", "-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process bash = Process.Start(start)!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        string output = await bash.StandardOutput.ReadToEndAsync();
        (await bash.StandardError.ReadToEndAsync()).ShouldBeEmpty();
        return output;
    }
}
