using UpcallActors.Daemon.Tests.Configuration;

namespace UpcallActors.Daemon.Tests.Terminal;

/// <summary>The daemon, a process of its own, with stages on other dispatchers than the lanes' loops.</summary>
public sealed class DispatcherProcessTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pinned", "upcall-actors.p")]
    [InlineData("fork-join", "upcall-actors.f")]
    public async Task Stages_run_on_the_threads_of_the_dispatcher_that_the_configuration_names(string dispatcher, string thread)
    {
        string run = Path.Combine(_folder.Root, "run");
        string more = _folder.Write("more.conf", $$"""
            upcall-actors {
              run-dir = "{{run}}"
              status.listen = "127.0.0.1:0"
              pipeline.dispatchers {
                receiver = {{dispatcher}}, router = {{dispatcher}}, translator = {{dispatcher}}, executor = {{dispatcher}}
              }
            }
            """);
        using var demo = DaemonProcess.Start("demo", "--config", more);
        await demo.WaitForAsync("Status page at ");
        Task<(int Code, string Output, string Errors)> end = demo.EndAsync();

        (int code, string upcalls, string errors) = await DaemonProcess.RunAsync("monitor", "--count", "5", "--json", "--target", run);
        string[] threads = [.. Directory.EnumerateDirectories($"/proc/{demo.Id}/task").Select(NameOf)];
        await demo.SignalAsync("TERM");

        code.ShouldBe(0, errors);
        upcalls.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(5);
        threads.ShouldContain(thread);
        (await end).Code.ShouldBe(0);
    }

    /// <summary>What Linux keeps of it: fifteen characters.</summary>
    private static string NameOf(string task) => File.ReadAllText(Path.Combine(task, "comm")).TrimEnd('\n');
}
