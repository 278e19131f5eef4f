using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace UpcallActors.Daemon.Terminal.Help;

/// <summary>Help as usual, with examples behind it.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> _examples = new(StringComparer.Ordinal)
    {
        ["run"] = ["upcall-actors run --config /etc/upcall-actors.conf",
            "HANDLERS=4 upcall-actors run --config site.conf --config local.conf"],
        ["demo"] =
        [
            "upcall-actors demo",
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317 upcall-actors demo",
            "upcall-actors demo --config more.conf",
        ],
        ["config"] = ["upcall-actors config > upcall-actors.conf", "upcall-actors config --effective --config site.conf",
            "upcall-actors config --check site.conf"],
        ["trace"] =
        [
            "upcall-actors trace br0 in_port=1,icmp,nw_src=10.1.1.1,nw_dst=10.1.1.2",
            "upcall-actors trace br0 in_port=2,tcp,tcp_dst=80 --ct-next trk,est,rpl",
            "upcall-actors trace br0 in_port=p1,udp --mru 1500 --json",
        ],
        ["flows"] = ["upcall-actors flows", "upcall-actors flows in_port=p1,tcp -m", "upcall-actors flows --json"],
        ["rules"] =
        [
            "upcall-actors rules br0",
            "upcall-actors rules br0 table=0,icmp --no-stats",
            "upcall-actors rules br0 cookie=0x10/-1 --json",
        ],
        ["show"] = ["upcall-actors show", "upcall-actors show --json --target /run/upcall-actors"],
        ["top"] =
        [
            "upcall-actors top",
            "upcall-actors top --sort rx",
            "upcall-actors top --interval 5 -n 12 > minute.txt",
            "upcall-actors top --json -n 1",
        ],
        ["monitor"] =
        [
            "upcall-actors monitor",
            "upcall-actors monitor --port p1 --class miss ip,nw_dst=10.1.1.0/24",
            "upcall-actors monitor --dropped -v",
            "upcall-actors monitor --last 20",
            "upcall-actors monitor --last 20 --dropped --follow",
            "upcall-actors monitor --write upcalls.pcap --count 100",
        ],
        ["health"] = ["upcall-actors health", "upcall-actors health --live",
            "upcall-actors health --config /etc/upcall-actors.conf --json"],
        ["completion"] =
        [
            "source <(upcall-actors completion bash)",
            "upcall-actors completion bash > /usr/share/bash-completion/completions/upcall-actors",
            "upcall-actors completion zsh > /usr/local/share/zsh/site-functions/_upcall-actors",
            "upcall-actors completion fish > ~/.config/fish/completions/upcall-actors.fish",
        ],
        ["man"] = ["upcall-actors man top | man -l -", "upcall-actors man --output /usr/local/share/man/man1"],
    };

    /// <summary>The examples of a command, those of the program where it has none.</summary>
    public static IReadOnlyList<string> Of(string? command) => command is not null && _examples.TryGetValue(command, out string[]? examples)
        ? examples
        : ["upcall-actors", "upcall-actors demo", "upcall-actors run --config site.conf", "upcall-actors top"];

    /// <summary>With --help, arguments may be missing.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        IReadOnlyList<string> examples = Of(parseResult.CommandResult.Command.Name);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
