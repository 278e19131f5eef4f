using System.CommandLine;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>The command <c>flows</c>: the datapath's flows at this moment.</summary>
internal static class FlowsCommand
{
    /// <summary>The command.</summary>
    public static Command Build(ClientOptions options)
    {
        var filter = new Argument<string?>("FILTER")
        {
            Description = "A match in the syntax of ovs-ofctl. in_port is the datapath's port, by number or name.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var more = new Option<bool>("--more", "-m") { Description = "Also print the flows' ids, and the fields that they do not match." };
        var numbers = new Option<bool>("--no-names") { Description = "Print ports by number." };
        var command = new Command("flows", "Show the flows of the datapath.") { filter, more, numbers, options.Target };
        command.SetAction((result, cancellation) => ClientInvocation.RunAsync(options, result, async invocation =>
        {
            List<string> arguments = [result.GetValue(numbers) ? "--no-names" : "--names"];
            if (result.GetValue(more))
                arguments.Insert(0, "-m");
            if (result.GetValue(filter) is { } match)
                arguments.Add($"filter={match}");
            string answer = await invocation.AskAsync(invocation.Json ? "upcall-actors/flows" : "dpctl/dump-flows", arguments);
            await invocation.Output.WriteAsync(answer);
        }, cancellation));
        return command;
    }
}
