using System.CommandLine;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>The command <c>trace</c>: what the tables would do to a packet.</summary>
internal static class TraceCommand
{
    /// <summary>The command.</summary>
    public static Command Build(ClientOptions options)
    {
        var bridge = new Argument<string>("BRIDGE") { Description = "The bridge that receives the packet." };
        var flow = new Argument<string>("FLOW")
        {
            Description = "The packet, in the syntax of ovs-ofctl: fields without masks, with in_port if it comes from a port.",
        };
        var packet = new Argument<string?>("PACKET")
        {
            Description = "A frame in hexadecimal digits. It replaces FLOW, except fields that a frame does not have, such as in_port.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var states = new Option<string[]>("--ct-next")
        {
            Description = "The connection's state at the next recirculation, such as trk,est,rpl. Give it once for each recirculation. "
                + "The default is a new connection.",
            HelpName = "FLAGS",
            DefaultValueFactory = _ => [],
        };
        var mru = new Option<ushort>("--mru")
        {
            Description = "The size of the packet's largest fragment, in bytes of layer 3.",
            HelpName = "BYTES",
        };
        var names = new Option<bool>("--names") { Description = "Print ports by their names." };
        var command = new Command("trace", "Show tables, rules, actions and megaflow of a packet,"
            + " without sending it.") { bridge, flow, packet, states, mru, names, options.Target };
        command.SetAction((result, cancellation) => ClientInvocation.RunAsync(options, result, async invocation =>
        {
            List<string> arguments = [result.GetRequiredValue(bridge), result.GetRequiredValue(flow)];
            if (result.GetValue(packet) is { } frame)
                arguments.Add(frame);
            foreach (string state in result.GetValue(states) ?? [])
                arguments.AddRange(["--ct-next", state]);
            if (result.GetResult(mru) is not null)
                arguments.AddRange(["--mru", result.GetValue(mru).ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            if (result.GetValue(names))
                arguments.Add("--names");
            await invocation.Output.WriteAsync(await invocation.AskAsync(invocation.Json ? "upcall-actors/trace" : "ofproto/trace",
                arguments));
        }, cancellation));
        return command;
    }
}
