using Microsoft.Playwright;

namespace UpcallActors.Web.Tests;

/// <summary>Debian's Chromium without a window; Playwright's package brings what drives it.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] _candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where it is; null for nowhere.</summary>
    public static string? Program { get; } = _candidates.FirstOrDefault(File.Exists);

    public async Task InitializeAsync()
    {
        if (Program == null)
            return;
        Assertions.SetDefaultExpectTimeout((float)Eventually.Limit.TotalMilliseconds);
        _playwright = await Playwright.CreateAsync();
        // Whoever tests as root, or in a container, has no sandbox; what is loaded is ours.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser != null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A page of its own, with its own storage, that has loaded the address and notes what goes wrong.</summary>
    public async Task<WatchedPage> OpenAsync(Uri address, int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light,
        bool withoutMotion = true)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = withoutMotion ? ReducedMotion.Reduce : ReducedMotion.NoPreference,
        });
        context.SetDefaultTimeout((float)Eventually.Limit.TotalMilliseconds);
        var page = new WatchedPage(context, await context.NewPageAsync());
        await page.Page.GotoAsync(address.ToString());
        return page;
    }
}

/// <summary>A page whose requests and errors are noted.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _requests = [];
    private readonly List<string> _errors = [];

    public WatchedPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Request += (_, request) => Note(_requests, request.Url);
        page.PageError += (_, error) => Note(_errors, error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Note(_errors, message.Text);
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Requests => Noted(_requests);

    public IReadOnlyList<string> Errors => Noted(_errors);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private static void Note(List<string> list, string text)
    {
        lock (list)
            list.Add(text);
    }

    private static List<string> Noted(List<string> list)
    {
        lock (list)
            return [.. list];
    }
}

/// <summary>A test in a browser; skipped, with the command that installs one, where there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.Program == null)
            Skip = "there is no Chromium: apt-get install chromium";
    }
}
