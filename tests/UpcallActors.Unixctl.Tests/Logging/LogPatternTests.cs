using System.Globalization;

namespace UpcallActors.Unixctl.Tests;

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
    public void A_line_is_what_its_pattern_says(string pattern, string line) =>
        new LogPattern(pattern, "upcall-actors").Format(Record, 128).ShouldBe(line);

    [Fact]
    public void A_line_knows_its_process_machine_and_thread()
    {
        var pattern = new LogPattern("%P %E %t%T", "upcall-actors");
        string? line = null;
        var thread = new Thread(() => line = pattern.Format(Record, 128)) { Name = "handler7" };
        thread.Start();
        thread.Join();
        line.ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {Environment.MachineName} handler7(handler7)"));
        int.Parse(new LogPattern("%r", "upcall-actors").Format(Record, 128), CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void A_field_has_an_end_however_wide_it_is_wished() =>
        new LogPattern("%99999999999m", "upcall-actors").Format(Record, 128).Length.ShouldBe(1000);

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
    // 0 stands for none that was set.
    [InlineData("kern", 16)]
    [InlineData("uucp", 8)]
    [InlineData("clock", 9)]
    [InlineData("FTP", 11)]
    [InlineData("clock2", 15)]
    [InlineData("local0", 16)]
    [InlineData("local7", 23)]
    public void A_facility_has_syslog_s_number(string name, int number)
    {
        var patterns = new LogPatterns("upcall-actors");
        patterns.Facility.ShouldBe(128);
        patterns.SetFacility(name).ShouldBeNull();
        patterns.Facility.ShouldBe(number * 8);
    }

    [Fact]
    public void Lines_that_are_JSON_have_no_pattern()
    {
        var patterns = new LogPatterns("upcall-actors") { IsJson = true };
        patterns.Set("console", "%m").ShouldBe("the console's lines are JSON objects, which have no pattern");
        patterns.Set("any", "%m").ShouldNotBeNull();
        patterns.Set("file", "%m").ShouldBeNull();
        patterns.Console.ShouldBeNull();
    }
}
