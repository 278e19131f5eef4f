using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using UpcallActors.Daemon.Terminal.Clients;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Terminal.Top;

/// <summary>The command <c>top</c>: what the daemon does at this moment, again and again.</summary>
internal static class TopCommand
{
    private const double ShortestInterval = 0.1;

    /// <summary>How often keys are looked for: soon enough for fingers.</summary>
    private static readonly TimeSpan _betweenKeys = TimeSpan.FromMilliseconds(50);

    /// <summary>The command.</summary>
    public static Command Build(ClientOptions options)
    {
        var count = new Option<int?>("--count", "-n")
        {
            Description = "End after so many samples. Without it, at q or Ctrl-C.",
            HelpName = "N",
        };
        var interval = new Option<double>("--interval", "-i")
        {
            Description = "Seconds between two samples, 0.1 or more.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 1,
        };
        var sort = new Option<string>("--sort", "-s")
        {
            Description = $"Sort ports by {string.Join(", ", TopOrder.Names)}. The key s selects the next one.",
            HelpName = "COLUMN",
            DefaultValueFactory = _ => TopOrder.Usual.Name,
        };
        sort.AcceptOnlyFromAmong(TopOrder.Names);
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
        var command = new Command("top", "Show the daemon live: rates by lane, classes, losses, latency, busiest ports.")
        {
            count, interval, sort, options.Target,
        };
        command.SetAction((result, cancellation) => ClientInvocation.RunAsync(
            options,
            result,
            invocation => RunAsync(
                invocation,
                new Pace(result.GetValue(count), TimeSpan.FromSeconds(result.GetValue(interval))),
                TopOrder.Parse(result.GetRequiredValue(sort))),
            cancellation));
        return command;
    }

    private static async Task RunAsync(ClientInvocation invocation, Pace pace, TopOrder order)
    {
        if (invocation.Json)
        {
            await ShowAsync(invocation, pace, sample => invocation.Output.WriteLine(
                JsonSerializer.Serialize(sample with { Ports = [.. order.Of(sample.Ports)] }, TopJson.Default.TopSample)));
        }
        else if (!invocation.IsTerminal || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb")
        {
            await ShowAsync(
                invocation, pace, sample => PlainTop.Write(sample with { Ports = [.. order.Of(sample.Ports)] }, invocation.Output));
        }
        else
        {
            await PaintAsync(invocation, pace, order);
        }
    }

    private static async Task PaintAsync(ClientInvocation invocation, Pace pace, TopOrder order)
    {
        using var terminal = new TopTerminal(invocation.Output);
        terminal.Take();
        TopSample? latest = null;
        terminal.Paint((_, _) => ["waiting for the first sample"]);
        bool isOver = false;
        await ShowAsync(invocation, pace, Paint, LookForKeys);

        void Paint(TopSample sample)
        {
            latest = sample;
            terminal.Paint((width, height) => TopScreen.Lines(sample, order, width, height));
        }

        bool LookForKeys()
        {
            while (!isOver && TopTerminal.Key() is { } key)
            {
                isOver = key == 'q';
                if (key != 's')
                    continue;
                order = order.Next;
                if (latest is not null)
                    Paint(latest);
            }

            return isOver;
        }
    }

    /// <summary>Takes samples and shows them.</summary>
    /// <param name="invocation">The daemon, and when to end.</param>
    /// <param name="pace">How many, and how long apart.</param>
    /// <param name="show">Shows one.</param>
    /// <param name="isOver">Asked in between whether it is enough; null for never.</param>
    private static async Task ShowAsync(ClientInvocation invocation, Pace pace, Action<TopSample> show, Func<bool>? isOver = null)
    {
        (DaemonSnapshot before, _) = await ShowCommand.AskAsync(invocation);
        for (int shown = 0; pace.Count is null || shown < pace.Count; shown++)
        {
            if (await WaitAsync(pace.Interval, isOver, invocation.Stop))
                return;
            (DaemonSnapshot now, _) = await ShowCommand.AskAsync(invocation);
            show(TopSample.Between(before, now));
            await invocation.Output.FlushAsync(invocation.Stop);
            before = now;
        }
    }

    /// <summary>Waits; whether it was ended by a key.</summary>
    private static async Task<bool> WaitAsync(TimeSpan interval, Func<bool>? isOver, CancellationToken stop)
    {
        if (isOver is null)
        {
            await Task.Delay(interval, stop);
            return false;
        }

        long started = Stopwatch.GetTimestamp();
        while (interval - Stopwatch.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            if (isOver())
                return true;
            await Task.Delay(left < _betweenKeys ? left : _betweenKeys, stop);
        }

        return isOver();
    }

    private sealed record Pace(int? Count, TimeSpan Interval);
}
