using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace UpcallActors.Web.Tests;

/// <summary>What the demonstration sends, seen in a back end that is not ours.</summary>
public sealed class AspireDashboardTests(
    AspireDashboard dashboard, Browser browser) : IClassFixture<AspireDashboard>, IClassFixture<Browser>
{
    private const int Width = 1400;
    private const double SlowedSeconds = 0.03;

    private static readonly string[] _stages = ["upcall.execute", "upcall.receive", "upcall.route", "upcall.translate"];

    [DashboardFact]
    public async Task A_batch_has_the_spans_of_its_stages_and_its_upcalls_lead_to_it()
    {
        ReceivedSpan batch = null!;
        IReadOnlyList<ReceivedSpan> spans = [];
        await Eventually.HoldsAsync(async () =>
        {
            spans = await dashboard.SpansAsync();
            return spans.Any(span => IsWhole(batch = span, spans));
        });

        spans.Where(span => span.ParentId == batch.SpanId).ShouldAllBe(stage => stage.TraceId == batch.TraceId);
        ReceivedSpan[] upcalls = [.. spans.Where(span => span.Links.Contains(("batch", batch.TraceId, batch.SpanId)))];
        upcalls.Length.ShouldBe(int.Parse(batch.Attributes["upcall.batch.size"], CultureInfo.InvariantCulture));
        upcalls.ShouldAllBe(upcall => upcall.Name == "upcall" && upcall.TraceId != batch.TraceId && upcall.ParentId == "");
    }

    [DashboardFact]
    public async Task A_packet_that_was_put_together_leads_back_to_the_fragment_before_its_recirculation()
    {
        ReceivedSpan upcall = null!;
        ReceivedSpan? before = null;
        await Eventually.HoldsAsync(async () =>
        {
            IReadOnlyList<ReceivedSpan> spans = await dashboard.SpansAsync();
            var bySpan = spans.ToDictionary(span => (span.TraceId, span.SpanId));
            return spans.Any(span => Mru(upcall = span) == "1500"
                && span.Links.FirstOrDefault(link => link.Link == "recirculation") is { SpanId: { } id } link
                && bySpan.TryGetValue((link.TraceId, id), out before));
        });

        before!.Attributes["upcall.actions"].ShouldContain(
            $"recirc(0x{int.Parse(upcall.Attributes["upcall.recirc_id"], CultureInfo.InvariantCulture):x})");
        before.Attributes["upcall.in_port.name"].ShouldBe(upcall.Attributes["upcall.in_port.name"]);
        before.Attributes["upcall.bridge"].ShouldBe(upcall.Attributes["upcall.bridge"]);
        _stages.ShouldAllBe(stage => Seconds(upcall, stage + ".duration") >= 0);
    }

    [DashboardFact]
    public async Task A_slow_packet_says_in_which_stage_it_was_slow()
    {
        // The demonstration's datapath takes 30 ms over one packet in ten seconds. (Others are slow while code is compiled, elsewhere.)
        await Eventually.HoldsAsync(async () => (await dashboard.SpansAsync()).Any(IsSlowAtTheDatapath));

        static bool IsSlowAtTheDatapath(ReceivedSpan span) => Seconds(span, "upcall.execute.duration") >= SlowedSeconds
            && _stages.Where(stage => stage != "upcall.execute").Sum(stage => Seconds(span, stage + ".duration")) < SlowedSeconds;
    }

    [DashboardFact(needsBrowser: true)]
    public async Task Its_page_draws_a_trace_with_all_stages()
    {
        ReceivedSpan batch = null!;
        ReceivedSpan upcall = null!;
        await Eventually.HoldsAsync(async () =>
        {
            IReadOnlyList<ReceivedSpan> spans = await dashboard.SpansAsync();
            return spans.Any(span => Mru(upcall = span) == "1500"
                && spans.Any(other => span.Links.Any(link => link.SpanId == other.SpanId) && IsWhole(batch = other, spans)));
        });
        await using WatchedPage page = await browser.OpenAsync(dashboard.PageOf(batch), Width, height: 1000);
        foreach (string stage in _stages)
            await Expect(page.Page.GetByText(stage).First).ToBeVisibleAsync();
        await SaveAsync(page, "trace-batch", height: 250);

        await page.Page.SetViewportSizeAsync(Width, 2000);
        await page.Page.GotoAsync(dashboard.PageOf(upcall).ToString());
        await Expect(page.Page.GetByText(upcall.Attributes["upcall.megaflow"]).First).ToBeVisibleAsync();
        await SaveAsync(page, "trace-upcall", height: 1250);
    }

    [DashboardFact(needsBrowser: true)]
    public async Task Its_page_shows_metrics_of_the_pipeline()
    {
        await Eventually.HoldsAsync(dashboard.HasMetricsAsync);
        const string Metric = "metrics/resource/upcall-actors?meter=UpcallActors&instrument=upcall_actors.upcalls.received&view=Table";
        await using WatchedPage page = await browser.OpenAsync(new Uri(dashboard.Address, Metric), Width, height: 900);

        await Expect(page.Page.GetByText("Upcalls received, by class.").First).ToBeVisibleAsync();
        await SaveAsync(page, "metrics", height: 700);
    }

    private static double Seconds(ReceivedSpan span, string attribute) =>
        span.Attributes.TryGetValue(attribute, out string? seconds) ? double.Parse(seconds, CultureInfo.InvariantCulture) : double.NaN;

    private static string? Mru(ReceivedSpan span) => span.Attributes.GetValueOrDefault("upcall.mru");

    private static bool IsWhole(ReceivedSpan span, IReadOnlyList<ReceivedSpan> all) => span.Name == "upcall.batch"
        && all.Where(
            child => child.ParentId == span.SpanId).Select(child => child.Name).Order(StringComparer.Ordinal).SequenceEqual(_stages)
        && all.Count(upcall => upcall.Links.Any(link => link.SpanId == span.SpanId)) == int.Parse(
            span.Attributes["upcall.batch.size"], CultureInfo.InvariantCulture);

    /// <summary>Keeps what the page looks like, below its bars, where UPCALL_SCREENSHOTS names a folder: README shows one.</summary>
    private static async Task SaveAsync(WatchedPage page, string name, int height)
    {
        const int Bars = 116;
        const int Menu = 70;
        if (Environment.GetEnvironmentVariable("UPCALL_SCREENSHOTS") is not { } folder)
            return;
        await page.Page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(folder, name + ".png"),
            Clip = new Clip { X = Menu, Y = Bars, Width = Width - Menu, Height = height },
        });
    }
}
