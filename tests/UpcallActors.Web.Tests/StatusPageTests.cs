using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace UpcallActors.Web.Tests;

/// <summary>The page in a browser, over a switch with traffic.</summary>
public sealed partial class StatusPageTests(RunningSwitch running, Browser browser) : IClassFixture<RunningSwitch>, IClassFixture<Browser>
{
    /// <summary>
    /// With a folder in this variable, the tests leave screenshots there; <c>docs/images/status-page.png</c> is one of them.
    /// </summary>
    private const string Screenshots = "UPCALL_SCREENSHOTS";

    [BrowserFact]
    public async Task It_shows_live_numbers_of_a_running_switch_and_asks_nobody_else()
    {
        await using WatchedPage watched = await browser.OpenAsync(running.Address);
        IPage page = watched.Page;
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("ready");
        await Assertions.Expect(page.Locator("#about")).ToContainTextAsync("embedded@ovs-system");
        ILocator received = page.Locator("[data-tile='Upcalls/s'] .more");
        string first = await received.InnerTextAsync();
        await Assertions.Expect(received).Not.ToHaveTextAsync(first);
        await Assertions.Expect(page.Locator("[data-tile='Upcalls/s'] .value")).Not.ToHaveTextAsync("0");
        await Assertions.Expect(page.Locator("#pipeline svg")).ToHaveAttributeAsync("aria-label", SomeTraffic());
        (await page.Locator("#pipeline .node").CountAsync()).ShouldBe(12);
        await Assertions.Expect(page.Locator("#lanes tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#classes tbody tr").First.Locator("td").First).ToHaveTextAsync("bad");
        await Assertions.Expect(page.Locator("#latency-text")).ToContainTextAsync("p99 ");
        await Assertions.Expect(page.Locator("#ports tbody tr").First.Locator("td").First).ToHaveTextAsync(PortName());
        await Assertions.Expect(page.Locator("#losses-note")).ToHaveTextAsync(NothingLost());
        await Assertions.Expect(page.Locator("#mru dd").Nth(2)).ToHaveTextAsync("1,500 bytes");
        await Assertions.Expect(page.Locator("#reval dd").First).ToHaveTextAsync("embedded@ovs-system");
        watched.Requests.ShouldAllBe(address => address.StartsWith(running.Address.ToString(), StringComparison.Ordinal));
        watched.Errors.ShouldBeEmpty();
        await ShootAsync(page, "light");
    }

    [BrowserFact]
    public async Task What_the_datapath_drops_is_shown_with_its_cause()
    {
        running.ReceiveTooLong();
        await using WatchedPage watched = await browser.OpenAsync(running.Address);
        ILocator row = watched.Page.Locator("#losses tbody tr").Filter(
            new LocatorFilterOptions { HasText = "packets longer than the datapath holds" });
        await Assertions.Expect(row).ToHaveCountAsync(1);
        await Assertions.Expect(row.Locator("td").Nth(1)).ToHaveTextAsync(SomeNumber());
        await Assertions.Expect(watched.Page.Locator("#losses-note")).ToContainTextAsync(" packets");
    }

    [BrowserFact]
    public async Task Flows_are_filtered_and_a_filter_that_is_none_is_said()
    {
        await using WatchedPage watched = await browser.OpenAsync(running.Address);
        IPage page = watched.Page;
        await page.Locator("#filter").FillAsync("udp,tp_dst=53");
        // The list is of the moment: there may have been no flow when it was made.
        await Eventually.HoldsAsync(async () =>
        {
            await page.Locator("#filter").PressAsync("Enter");
            IReadOnlyList<string> matches = await page.Locator("#flows li div:first-child").AllInnerTextsAsync();
            return matches.Count > 0 && matches.All(match => match.Contains("dst=53", StringComparison.Ordinal));
        });
        await Assertions.Expect(page.Locator("#flows li").First.Locator(".does")).ToContainTextAsync("p3");
        // The answer of a form that a keyboard sent: nothing but the form has been touched.
        await page.Locator("#filter").FillAsync("<b>nonsense</b>");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Show", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#flows-note.problem")).ToContainTextAsync("<b>nonsense</b>");
        await Assertions.Expect(page.Locator("#flows li")).ToHaveCountAsync(0);
        (await page.Locator("main b:text('nonsense')").CountAsync()).ShouldBe(0, "what the daemon says is text");
    }

    [BrowserFact]
    public async Task Rules_are_shown_with_their_counters_and_picked_by_a_match()
    {
        await using WatchedPage watched = await browser.OpenAsync(running.Address);
        IPage page = watched.Page;
        await Assertions.Expect(page.Locator("#rules li")).ToHaveCountAsync(9);
        await page.Locator("#match").FillAsync("table=7,udp,tp_dst=53");
        await page.Locator("#match").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#rules li")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#rules li .does")).ToContainTextAsync("output:p3");
        await Eventually.HoldsAsync(async () =>
        {
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Show rules" }).ClickAsync();
            return !(await page.Locator("#rules li .meta").InnerTextAsync()).StartsWith("0 packets", StringComparison.Ordinal);
        });
        await page.Locator("#rules-bridge").SelectOptionAsync("br-empty");
        await Assertions.Expect(page.Locator("#rules li")).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task A_packet_is_traced_through_tables_rules_and_actions_to_its_megaflow()
    {
        await using WatchedPage watched = await browser.OpenAsync(running.Address, scheme: ColorScheme.Dark);
        IPage page = watched.Page;
        await Assertions.Expect(page.Locator("#bridge option")).ToHaveTextAsync(["br0", "br-empty"]);
        await Packet(page).FillAsync("in_port=1,udp,nw_src=10.0.0.9,nw_dst=10.1.0.1,tp_dst=53");
        await Packet(page).PressAsync("Enter");
        await Assertions.Expect(page.Locator("#trace .tag")).ToHaveTextAsync(["table 0", "table 7"]);
        await Assertions.Expect(page.Locator("#trace .action").Last).ToHaveTextAsync("output:4");
        await Assertions.Expect(page.Locator("#trace .outcome")).ToContainTextAsync("Megaflow");
        await Assertions.Expect(page.Locator("#trace .outcome")).ToContainTextAsync("is installed");
        await ShootAsync(page, "dark");
        await Packet(page).FillAsync("in_port=nowhere");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Trace" }).ClickAsync();
        await Assertions.Expect(page.Locator("#trace-note.problem")).ToContainTextAsync("'nowhere' is no value of in_port");
    }

    [BrowserFact]
    public async Task It_is_light_or_dark_as_the_system_is_and_as_the_switch_says()
    {
        await using WatchedPage watched = await browser.OpenAsync(running.Address, scheme: ColorScheme.Dark);
        IPage page = watched.Page;
        const string Ground = "getComputedStyle(document.body).backgroundColor";
        string dark = await page.EvaluateAsync<string>(Ground);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        string light = await page.EvaluateAsync<string>(Ground);
        light.ShouldNotBe(dark);
        ILocator theme = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Colours" });
        await theme.ClickAsync();
        await theme.ClickAsync();
        await Assertions.Expect(theme).ToHaveAccessibleNameAsync("Colours: dark");
        (await page.EvaluateAsync<string>(Ground)).ShouldBe(dark, "although the system is light");
        await page.ReloadAsync();
        (await page.EvaluateAsync<string>(Ground)).ShouldBe(dark, "it is remembered");
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await theme.ClickAsync();
        await theme.ClickAsync();
        await Assertions.Expect(theme).ToHaveAccessibleNameAsync("Colours: light");
        (await page.EvaluateAsync<string>(Ground)).ShouldBe(light, "although the system is dark");
    }

    [BrowserFact]
    public async Task A_window_of_400_pixels_needs_no_scrolling_to_the_side()
    {
        await using WatchedPage watched = await browser.OpenAsync(running.Address, width: 400, height: 800);
        IPage page = watched.Page;
        await Assertions.Expect(page.Locator("#pipeline .node")).ToHaveCountAsync(4);
        await ShowsFlowsAsync(page);
        await Packet(page).FillAsync("in_port=2,icmp,nw_src=10.0.0.2,nw_dst=10.0.0.1");
        await Packet(page).PressAsync("Enter");
        await Assertions.Expect(page.Locator("#trace .pass")).ToHaveCountAsync(2);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(400);
        await ShootAsync(page, "narrow");
    }

    [BrowserFact]
    public async Task Everything_can_be_reached_by_keyboard_and_has_a_name()
    {
        await using WatchedPage watched = await browser.OpenAsync(running.Address);
        IPage page = watched.Page;
        await ShowsFlowsAsync(page);
        await page.Keyboard.PressAsync("Tab");
        (await page.EvaluateAsync<string>("document.activeElement.textContent")).ShouldBe("Skip to content");
        var reached = new List<string>();
        for (int presses = 0; presses < 40 && !reached.Contains("metrics"); presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("document.activeElement.id || document.activeElement.textContent"));
        }

        foreach (string wanted in (string[])["theme", "filter", "Show", "bridge", "flow", "Trace", "metrics"])
            reached.ShouldContain(wanted);
        (await page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll("input, select")].filter(field => field.labels.length === 0).map(field => field.id)
              .concat([...document.querySelectorAll("svg")].filter(svg => !svg.ariaLabel && !svg.ariaHidden).map(svg => svg.outerHTML))
              .concat([...document.querySelectorAll("img")].filter(image => !image.hasAttribute("alt")).map(image => image.outerHTML))
            """)).ShouldBeEmpty("each has a name, or says that it is for the eye alone");
    }

    [BrowserFact]
    public async Task A_page_whose_daemon_went_away_says_so_and_goes_on_when_it_is_back()
    {
        var other = new OtherServer(running);
        using HttpClient client = await other.StartAsync();
        int port = client.BaseAddress!.Port;
        await using WatchedPage watched = await browser.OpenAsync(client.BaseAddress);
        await Assertions.Expect(watched.Page.Locator("#state")).ToHaveTextAsync("ready");
        await other.DisposeAsync();
        await Assertions.Expect(watched.Page.Locator("#state")).ToHaveTextAsync("no connection, trying again");
        await using var back = new OtherServer(running);
        back.Source.Problem = "draining";
        using HttpClient again = await back.StartAsync(port);
        await Assertions.Expect(watched.Page.Locator("#state")).ToHaveTextAsync("not ready: draining");
    }

    /// <summary>The list is of the moment: there may have been no flow when it was made.</summary>
    private static Task ShowsFlowsAsync(IPage page) => Eventually.HoldsAsync(async () =>
    {
        if (await page.Locator("#flows li").CountAsync() > 0)
            return true;
        await page.EvaluateAsync("document.getElementById('filter').form.requestSubmit()");
        return false;
    });

    private static ILocator Packet(IPage page) => page.GetByLabel("Packet", new PageGetByLabelOptions { Exact = true });

    [GeneratedRegex("^Pipeline of 3 lanes: a second, [1-9<]")]
    private static partial Regex SomeTraffic();

    [GeneratedRegex("^[1-9][0-9,]*$")]
    private static partial Regex SomeNumber();

    [GeneratedRegex("^p[0-3] on br0$")]
    private static partial Regex PortName();

    // Two lanes may put the same flow, of which the datapath refuses one.
    [GeneratedRegex("^(nothing|[0-9,]+ packets)(; .* flow_put File exists)?$")]
    private static partial Regex NothingLost();

    private static async Task ShootAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable(Screenshots) is not { Length: > 0 } folder)
            return;
        // Lines in the tiles tell something when there is a minute of them.
        await page.WaitForTimeoutAsync(45_000);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"status-page-{name}.png"), FullPage = true });
        await page.SetViewportSizeAsync(page.ViewportSize!.Width, 1380);
        await page.Locator("h1").ScrollIntoViewIfNeededAsync();
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"status-page-{name}-top.png") });
    }
}
