using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Daemon.Hosting;

namespace UpcallActors.Daemon.Tests.Hosting;

/// <summary>Patterns of log lines, as Open vSwitch's <c>vlog/set PATTERN</c> understands them.</summary>
public sealed class LogPatternTests
{
    private static readonly LogRecord Record = new(
        "port p1 is back\n", "bridge", new LogSeverity("WARN", 4), 42, new DateTime(2026, 3, 5, 7, 8, 9, 120, DateTimeKind.Utc));

    [Theory]
    [InlineData("%m", "port p1 is back")]
    [InlineData("%D{%Y-%m-%dT%H:%M:%S.###Z}|%05N|%c|%p|%m", "2026-03-05T07:08:09.120Z|00042|bridge|WARN|port p1 is back")]
    [InlineData("%D", "2026-03-05 07:08:09.120")]
    [InlineData("%D{%h %e %T}", "Mar  5 07:08:09")]
    [InlineData("%D{#####}", "12000")]
    [InlineData("<%B>", "<132>")]
    [InlineData("%A %%", "upcall-actors %")]
    [InlineData("[%7p]", "[   WARN]")]
    [InlineData("[%-7p]", "[WARN   ]")]
    [InlineData("[%07p]", "[000WARN]")]
    [InlineData("[%2p]", "[WARN]")]
    [InlineData("a%nb", "a\nb")]
    [InlineData("%q%c{ignored}!", "qbridge!")]
    [InlineData("%D{%F", "2026-03-05")]
    [InlineData("ends in %", "ends in ")]
    [InlineData("", "")]
    public void A_line_is_what_its_pattern_says(string pattern, string line) => new LogPattern(pattern).Format(Record, 128).ShouldBe(line);

    [Fact]
    public void Each_line_of_a_message_and_of_its_failure_is_a_line_of_the_log()
    {
        var patterns = new LogPatterns();
        patterns.Set("console", "%p|%m").ShouldBeNull();
        using var text = new StringWriter();
        var failure = new InvalidOperationException("first\r\nERR|second");
        var entry = new LogEntry<string>(LogLevel.Warning, "upcall-actors", 5, "a\nb", failure, (state, _) => state);
        new LineFormatter(patterns).Write(entry, null, text);
        string[] lines = text.ToString().TrimEnd().Split(Environment.NewLine);
        lines.ShouldBe(["WARN|a", "WARN|b System.InvalidOperationException: first", "WARN|ERR|second"]);
    }

    [Fact]
    public void A_line_knows_its_process_machine_and_thread()
    {
        var pattern = new LogPattern("%P %E %t%T");
        string? line = null;
        var thread = new Thread(() => line = pattern.Format(Record, 128)) { Name = "handler7" };
        thread.Start();
        thread.Join();
        line.ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {Environment.MachineName} handler7(handler7)"));
        int.Parse(new LogPattern("%r").Format(Record, 128), CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void A_field_has_an_end_however_wide_it_is_wished() =>
        new LogPattern("%99999999999m").Format(Record, 128).Length.ShouldBe(1000);

    [Theory]
    [InlineData("%a %A %b %B", "Thu Thursday Mar March")]
    [InlineData("%C %y %G %g %V %U %W", "20 26 2026 26 10 09 09")]
    [InlineData("%j %u %w %k %l %I %p %P", "064 4 4  7  7 07 AM am")]
    [InlineData("%c", "Thu Mar  5 07:08:09 2026")]
    [InlineData("%x %X %D %F %r %R", "03/05/26 07:08:09 03/05/26 2026-03-05 07:08:09 AM 07:08")]
    [InlineData("%s %z %Z", "1772694489 +0000 GMT")]
    [InlineData("%?%", "%?%")]
    public void Times_are_those_of_strftime(string template, string text) =>
        LogTime.Append(new System.Text.StringBuilder(), template, Record.Time).ToString().ShouldBe(text);

    [Theory]
    [InlineData("kern", 0)]
    [InlineData("uucp", 8)]
    [InlineData("clock", 9)]
    [InlineData("FTP", 11)]
    [InlineData("clock2", 15)]
    [InlineData("local0", 16)]
    [InlineData("local7", 23)]
    public void A_facility_has_syslog_s_number(string name, int number)
    {
        var patterns = new LogPatterns();
        patterns.Facility.ShouldBe(128);
        patterns.SetFacility(name).ShouldBeNull();
        patterns.Facility.ShouldBe(number * 8);
    }

    [Fact]
    public void Lines_that_are_JSON_have_no_pattern()
    {
        var patterns = new LogPatterns { IsJson = true };
        patterns.Set("console", "%m").ShouldBe("the console's lines are JSON objects, which have no pattern");
        patterns.Set("any", "%m").ShouldNotBeNull();
        patterns.Set("file", "%m").ShouldBeNull();
        patterns.Console.ShouldBeNull();
    }
}
