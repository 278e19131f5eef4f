using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Tests.Hosting;

/// <summary>The console's lines.</summary>
public sealed class LineFormatterTests
{
    [Fact]
    public void Each_line_of_a_message_and_of_its_failure_is_a_line_of_the_log()
    {
        var patterns = new LogPatterns(DaemonHost.ActorSystemName);
        patterns.Set("console", "%p|%m").ShouldBeNull();
        using var text = new StringWriter();
        var failure = new InvalidOperationException("first\r\nERR|second");
        var entry = new LogEntry<string>(LogLevel.Warning, "upcall-actors", 5, "a\nb", failure, (state, _) => state);
        new LineFormatter(patterns).Write(entry, null, text);
        string[] lines = text.ToString().TrimEnd().Split(Environment.NewLine);
        lines.ShouldBe(["WARN|a", "WARN|b System.InvalidOperationException: first", "WARN|ERR|second"]);
    }
}
