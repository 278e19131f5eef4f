using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using UpcallActors.Daemon.Control.Commands;
using UpcallActors.Daemon.Terminal.Clients;
using UpcallActors.Pipeline;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Terminal.Monitoring;

/// <summary>The command <c>monitor</c>: a line for each upcall, as they come.</summary>
internal static class MonitorCommand
{
    /// <summary>The command.</summary>
    public static Command Build(ClientOptions options)
    {
        var match = new Argument<string?>("MATCH")
        {
            Description = "A match in the syntax of ovs-ofctl. in_port is the datapath's port, by number or name.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var classes = new Option<string[]>("--class")
        {
            Description = "Only this class: miss, slow_path, controller, sflow, flow_sample, ipfix, bad. May be given several times.",
            HelpName = "CLASS",
            DefaultValueFactory = _ => [],
        };
        var ports = new Option<string[]>("--port")
        {
            Description = "Only upcalls of this port of the datapath, by name or number. May be given several times.",
            HelpName = "PORT",
            DefaultValueFactory = _ => [],
        };
        var count = new Option<int?>("--count", "-n", "-c")
        {
            Description = "End after so many upcalls. Without it, at Ctrl-C.",
            HelpName = "N",
        };
        var last = new Option<int?>("--last")
        {
            Description = "First print the last N upcalls from before now, as far as the daemon remembers them: "
                + $"{UpcallPipeline.MostRemembered} of each lane. Ends then, unless --count or --follow is given.",
            HelpName = "N",
        };
        var follow = new Option<bool>("--follow", "-f") { Description = "With --last: continue with new upcalls until Ctrl-C." };
        var dropped = new Option<bool>("--dropped")
        {
            Description = "Only upcalls whose packet went nowhere: dropped, not translated, not sent.",
        };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Print the whole key, including zero fields, and the lane." };
        var write = new Option<string?>("--write", "-w")
        {
            Description =
                "Write the packets to a pcapng file, too, each with its port, MRU and verdict; with - to standard output, and no lines.",
            HelpName = "FILE",
        };
        var unbuffered = new Option<bool>("--packet-buffered", "-U")
        {
            Description = "Let others read each packet as soon as it is written to the file.",
        };
        write.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() == UpcallCapture.StandardOutputName && !Console.IsOutputRedirected)
                result.AddError("--write -: standard output is a terminal; redirect it");
        });
        MustBePositive(count);
        MustBePositive(last);
        last.Validators.Add(result =>
        {
            if (result.GetResult(write) is { Implicit: false })
                result.AddError("--last and --write cannot be combined: the packets of upcalls that have been are not remembered");
        });
        var command = new Command("monitor", "Print a line for each upcall: time, class, port, MRU, latency, key, actions, error.")
        {
            match, classes, ports, count, last, follow, dropped, verbose, write, unbuffered, options.Target,
        };
        command.SetAction((result, cancellation) => ClientInvocation.RunAsync(options, result, async invocation =>
        {
            var arguments = new List<string>();
            foreach (string name in result.GetValue(classes) ?? [])
                arguments.AddRange(["--class", name]);
            foreach (string port in result.GetValue(ports) ?? [])
                arguments.AddRange(["--port", port]);
            if (result.GetValue(match) is { } text)
                arguments.Add(text);
            UpcallText? lines = invocation.Json ? null : new UpcallText(result.GetValue(verbose), invocation.HasColours);
            string? path = result.GetValue(write);
            bool isQuiet = path == UpcallCapture.StandardOutputName;
            if (invocation.Json && isQuiet)
                throw new DaemonClientException("--json and --write - cannot both have standard output");
            var output = new MonitorOutput(isQuiet ? TextWriter.Null : invocation.Output, lines, result.GetValue(dropped));
            int? most = result.GetValue(count);
            if (result.GetValue(last) is { } past)
            {
                bool goesOn = most is not null || result.GetValue(follow);
                await WatchAsync(invocation, arguments, past, goesOn ? most ?? int.MaxValue : null, output);
                return;
            }

            if (path is null)
            {
                await WatchAsync(invocation, await StartAsync(invocation, arguments), most, output, null, null);
                return;
            }

            arguments.Add("--packets");
            await using UpcallCapture file = await UpcallCapture.CreateAsync(path, result.GetValue(unbuffered));
            await WatchAsync(invocation, await StartAsync(invocation, arguments), most, output, file, null);
        }, cancellation));
        return command;
    }

    private static void MustBePositive(Option<int?> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int?>() < 1)
            result.AddError($"{option.Name} must be 1 or more");
    });

    /// <summary>The last upcalls that have been, then those that come: so many, or none if that is null.</summary>
    private static async Task WatchAsync(
        ClientInvocation invocation, List<string> arguments, int past, int? toCome, MonitorOutput output)
    {
        // Begun before the daemon is asked what has been, so that nothing is missed in between.
        string? session = toCome is null ? null : await StartAsync(invocation, arguments);
        string answer = await invocation.AskAsync("upcall-actors/recent", arguments);
        RecentReply recent = Read(answer, MonitorJson.Default.RecentReply);
        foreach (UpcallLine upcall in recent.Upcalls.Where(output.IsAskedFor).TakeLast(past))
            await output.WriteAsync(upcall);
        await FlushAsync(invocation, null);
        if (session is not null)
            await WatchAsync(invocation, session, toCome, output, null, recent.Looked);
    }

    private static async Task<string> StartAsync(ClientInvocation invocation, List<string> arguments)
    {
        string started = await invocation.AskAsync("upcall-actors/monitor-start", arguments);
        return Read(started, MonitorJson.Default.MonitorStarted).Session.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Shows what a session tells, without what is shown already: numbers of each lane below these.</summary>
    private static async Task WatchAsync(ClientInvocation invocation, string session, int? count, MonitorOutput output, UpcallCapture? file,
        IReadOnlyList<long>? shown)
    {
        var inOrder = new UpcallOrder(WriteAsync);
        long left = count ?? long.MaxValue;
        long missed = 0;
        try
        {
            while (left > 0)
            {
                string most = Math.Min(left, 1000).ToString(CultureInfo.InvariantCulture);
                Task<string> answer = invocation.AskAsync("upcall-actors/monitor-read", session, most);
                if (await Task.WhenAny(answer, Task.Delay(UpcallOrder.Patience, invocation.Stop)) != answer)
                    await inOrder.WriteAllAsync();
                await FlushAsync(invocation, file);
                MonitorReply reply = Read(await answer, MonitorJson.Default.MonitorReply);
                UpcallLine[] askedFor = [.. reply.Upcalls.Where(upcall => output.IsAskedFor(upcall) && !IsShown(upcall))];
                await inOrder.AddAsync(askedFor);
                left -= askedFor.Length;
                long more = reply.Missed - missed;
                string remark = $"upcall-actors: {more} upcalls were too many for this monitor and are not shown";
                if (more > 0)
                    await invocation.Errors.WriteLineAsync(remark);
                missed = reply.Missed;
            }
        }
        finally
        {
            await inOrder.WriteAllAsync();
            await FlushAsync(invocation, file);
            await StopAsync(invocation, session);
        }

        bool IsShown(UpcallLine upcall) => upcall.Lane < shown?.Count && upcall.Number < shown[upcall.Lane];

        async Task WriteAsync(UpcallLine upcall)
        {
            if (file is not null)
                await file.WriteAsync(upcall);
            await output.WriteAsync(upcall);
        }
    }

    private static async Task FlushAsync(ClientInvocation invocation, UpcallCapture? file)
    {
        await invocation.Output.FlushAsync(CancellationToken.None);
        if (file is not null)
            await file.FlushAsync();
    }

    /// <summary>
    /// The daemon forgets us anyway, but would copy upcalls for us until then.
    /// The connection may have a half read answer in it: this is another one.
    /// </summary>
    private static async Task StopAsync(ClientInvocation invocation, string session)
    {
        try
        {
            using DaemonClient client = await invocation.Client.AgainAsync(CancellationToken.None);
            await client.AskAsync("upcall-actors/monitor-stop", [session], CancellationToken.None);
        }
        catch (DaemonClientException)
        {
            // It has gone, or has forgotten us first.
        }
    }

    private static T Read<T>(string text, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new DaemonClientException("the daemon's answer is empty");
        }
        catch (JsonException malformed)
        {
            throw new DaemonClientException("the daemon's answer cannot be read; is it of another version?", malformed);
        }
    }
}
