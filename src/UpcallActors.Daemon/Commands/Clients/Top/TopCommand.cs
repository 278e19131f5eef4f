using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Commands.Clients.Top;

/// <summary>The command <c>top</c>: what the daemon does at this moment, again and again.</summary>
internal static class TopCommand
{
    private const double ShortestInterval = 0.1;

    /// <summary>The command.</summary>
    public static Command Build(ClientOptions options)
    {
        var count = new Option<int?>("--count", "-n") { Description = "Samples after which to end. Without it, until Ctrl-C.", HelpName = "N" };
        var interval = new Option<double>("--interval", "-i") { Description = "Seconds between two samples, 0.1 or more.", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--count must be 1 or more");
        });
        interval.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is >= ShortestInterval and <= 3600))
                result.AddError("--interval must be 0.1 to 3600 seconds");
        });
        var command = new Command("top", "Show the daemon live: rates by lane, classes, losses, latency, busiest ports.") { count, interval, options.Target };
        command.SetAction((result, cancellation) => ClientInvocation.RunAsync(
            options, result, invocation => RunAsync(invocation, result.GetValue(count), TimeSpan.FromSeconds(result.GetValue(interval))), cancellation));
        return command;
    }

    private static Task RunAsync(ClientInvocation invocation, int? count, TimeSpan interval)
    {
        if (invocation.Json)
            return ShowAsync(invocation, count, interval, sample => invocation.Output.WriteLine(JsonSerializer.Serialize(sample, TopJson.Default.TopSample)));
        if (!invocation.IsTerminal || !AnsiConsole.Profile.Capabilities.Ansi)
            return ShowAsync(invocation, count, interval, sample => PlainTop.Write(sample, invocation.Output));
        return AnsiConsole.Live(new Text("the first sample is under way")).AutoClear(false).StartAsync(
            live => ShowAsync(invocation, count, interval, sample => live.UpdateTarget(TerminalTop.Of(sample))));
    }

    private static async Task ShowAsync(ClientInvocation invocation, int? count, TimeSpan interval, Action<TopSample> show)
    {
        (DaemonSnapshot before, _) = await ShowCommand.AskAsync(invocation);
        for (int shown = 0; count is null || shown < count; shown++)
        {
            await Task.Delay(interval, invocation.Stop);
            (DaemonSnapshot now, _) = await ShowCommand.AskAsync(invocation);
            show(TopSample.Between(before, now));
            await invocation.Output.FlushAsync(invocation.Stop);
            before = now;
        }
    }
}
