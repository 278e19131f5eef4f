using System.CommandLine;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>
/// The command <c>rules</c>: the OpenFlow rules of a bridge with what they have counted, as <c>ovs-ofctl dump-flows</c> has them.
/// </summary>
internal static class RulesCommand
{
    /// <summary>The command.</summary>
    public static Command Build(ClientOptions options)
    {
        var bridge = new Argument<string>("BRIDGE") { Description = "The bridge." };
        var match = new Argument<string?>("MATCH")
        {
            Description = "Select rules as ovs-ofctl dump-flows does: a match, table=N, cookie=C/MASK.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var numbers = new Option<bool>("--no-names") { Description = "Print ports and tables by number." };
        var bare = new Option<bool>("--no-stats") { Description = "Print only what a flow file can have: no counters and durations." };
        var command = new Command("rules", "Show the OpenFlow rules of a bridge, with their counters.")
        {
            bridge, match, numbers, bare, options.Target,
        };
        command.SetAction((result, cancellation) => ClientInvocation.RunAsync(options, result, async invocation =>
        {
            var arguments = new List<string>();
            if (!result.GetValue(numbers))
                arguments.Add("--names");
            if (result.GetValue(bare) && !invocation.Json)
                arguments.Add("--no-stats");
            arguments.Add(result.GetRequiredValue(bridge));
            if (result.GetValue(match) is { } text)
                arguments.Add(text);
            string answer = await invocation.AskAsync(invocation.Json ? "upcall-actors/rules" : "upcall-actors/dump-rules", arguments);
            await invocation.Output.WriteAsync(answer);
        }, cancellation));
        return command;
    }
}
