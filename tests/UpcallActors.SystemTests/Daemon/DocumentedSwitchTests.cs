using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Daemon;

/// <summary>
/// What README does under a real datapath, typed as it is written there: two hosts, <c>switch.conf</c>, the daemon, and what is asked of
/// it. Its names are those of README, so it runs in a network and a <c>/run</c> of its own.
/// </summary>
public sealed class DocumentedSwitchTests
{
    private const string Heading = "Run it under a real datapath";

    [SwitchTheory]
    [EveryDatapath]
    public async Task The_switch_of_README_forwards_shows_its_flows_and_ends(DatapathKind datapath)
    {
        string folder = Directory.CreateTempSubdirectory("upcall-test").FullName;
        try
        {
            string configuration = DocumentedCommands.Blocks(Heading, "hocon").Single();
            configuration.ShouldContain("datapath.type = kernel");
            // README says that this is the only word to change.
            if (datapath == DatapathKind.Embedded)
                configuration = configuration.Replace("type = kernel", "type = embedded", StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder, "switch.conf"), configuration);
            string script = Path.Combine(folder, "script");
            await File.WriteAllTextAsync(script, Script(datapath));

            (int code, string output) = await Command.TryAsync("unshare", "--net", "--mount", "sh", "-e", script, folder);

            code.ShouldBe(0, output);
            output.ShouldContain("3 packets transmitted, 3 received");
            output.ShouldContain("eth_type(0x0800)");
            output.ShouldContain("the daemon ended with 0");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The blocks of the section, with what a reader does besides: wait for a line of the log.</summary>
    private static string Script(DatapathKind datapath)
    {
        IReadOnlyList<string> blocks = DocumentedCommands.Blocks(Heading, "");
        string daemon = string.Join(' ', DaemonProgram.Command.Select(word => $"'{word}'"));
        var lines = new List<string>
        {
            "cd \"$1\"",
            "mount -t tmpfs tmpfs /run && mkdir /run/netns && mount -t sysfs sysfs /sys",
            "ip link set lo up",
            "trap 'cat log; kill $! 2>/dev/null || :' EXIT",
        };
        foreach (string line in blocks.SelectMany(block => block.TrimEnd().Split('\n')))
        {
            if (line.StartsWith("dotnet publish ", StringComparison.Ordinal))
                continue;
            if (line.StartsWith("# when it has said ", StringComparison.Ordinal))
            {
                string said = line.Split('"')[1];
                lines.Add(Wait(datapath == DatapathKind.Kernel ? said : said.Replace("system@", "embedded@", StringComparison.Ordinal)));
                continue;
            }

            lines.Add(line
                .Replace("/opt/upcall-actors/upcall-actors", daemon, StringComparison.Ordinal)
                .Replace(" &", " >log 2>&1 &", StringComparison.Ordinal));
        }

        lines.ShouldContain(line => line.EndsWith(" &", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("while ", StringComparison.Ordinal));
        lines.Add("code=0; wait $! || code=$?; echo \"the daemon ended with $code\"");
        return string.Join('\n', lines) + "\n";
    }

    /// <summary>Until the daemon has said it, as long as it lives.</summary>
    private static string Wait(string text) => $"while ! grep -qF '{text}' log; do kill -0 $!; sleep 0.1; done";
}
