using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl.Tests;

/// <summary>A log to console, file and syslog, each with its own levels and form.</summary>
public sealed class VlogTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("vlog-test-").FullName;
    private readonly StringWriter _console = new();
    private readonly LogLevels _levels = new(LogLevel.Information, "me", hasAll: true) { Patterns = new LogPatterns("me") };

    private string Path => System.IO.Path.Combine(_root, "log");

    public void Dispose()
    {
        _console.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("", "c:i c:w", "f:i f:w")]
    [InlineData("console:off", "", "f:i f:w")]
    [InlineData("file:warn", "c:i c:w", "f:w")]
    [InlineData("dbg", "c:d c:i c:w", "f:d f:i f:w")]
    [InlineData("bridge:console:err", "", "f:i f:w")]
    [InlineData("dpif:off", "c:i c:w", "f:i f:w")]
    [InlineData("any:any:file:dbg", "c:i c:w", "f:d f:i f:w")]
    public void Each_destination_has_its_levels(string specification, string console, string file)
    {
        Specify("PATTERN:console:c:%m", "PATTERN:file:f:%m");
        if (specification.Length > 0)
            Specify(specification);
        using (Vlog log = Open())
        {
            log.Write("bridge", null, LogLevel.Debug, "d");
            log.Write("bridge", null, LogLevel.Information, "i");
            log.Write("bridge", null, LogLevel.Warning, "w");
        }

        Words(_console.ToString()).ShouldBe(console);
        Words(File.ReadAllText(Path)).ShouldBe(file);
    }

    [Fact]
    public void A_message_of_lines_is_lines_and_numbers_go_by_messages()
    {
        Specify("PATTERN:file:%N|%c|%p|%m", "bridge:dbg");
        using (Vlog log = Open())
        {
            log.Write("me", "bridge", LogLevel.Debug, "a\r\nb\n");
            log.Write("me", null, LogLevel.Debug, "not wanted");
            log.Write("me", null, LogLevel.Critical, "c");
        }

        File.ReadAllLines(Path).ShouldBe(["1|bridge|DBG|a", "1|bridge|DBG|b", "2|me|EMER|c"]);
    }

    [Fact]
    public void A_file_that_is_closed_is_no_destination_until_it_is_opened_anew()
    {
        Specify("console:off", "syslog:off", "PATTERN:file:%m");
        using Vlog log = Open();
        _levels.IsEnabled("bridge", LogLevel.Information).ShouldBeTrue();
        log.Close();
        _levels.IsEnabled("bridge", LogLevel.Information).ShouldBeFalse();
        log.Write("bridge", null, LogLevel.Critical, "lost");
        File.Delete(Path);
        log.Reopen();
        log.Write("bridge", null, LogLevel.Critical, "kept");
        File.ReadAllLines(Path).ShouldBe([$"opened log file {Path}", "kept"]);
        File.Delete(Path);
        Directory.CreateDirectory(Path);
        Should.Throw<IOException>(log.Reopen);
        Directory.Delete(Path);
    }

    [Fact]
    public void Syslog_has_a_datagram_for_each_line_with_facility_and_level()
    {
        string path = System.IO.Path.Combine(_root, "syslog");
        using var daemon = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        daemon.Bind(new UnixDomainSocketEndPoint(path));
        using (Vlog log = Open(SyslogSender.OfMethod($"unix:{path}", "me").Sender))
        {
            log.Write("bridge", null, LogLevel.Warning, "a\nb");
            Specify("FACILITY:local0", "PATTERN:syslog:%c %m");
            log.Write("dpif", null, LogLevel.Error, "c");
        }

        byte[] buffer = new byte[1000];
        // LOG_DAEMON is 3, LOG_LOCAL0 16.
        foreach (string line in (string[])["<28>ovs|00001|bridge|WARN|a", "<28>ovs|00001|bridge|WARN|b", "<131>dpif c"])
            Encoding.UTF8.GetString(buffer, 0, daemon.Receive(buffer)).ShouldBe(line);
    }

    [Fact]
    public void A_syslog_daemon_that_is_away_costs_lines_and_no_more()
    {
        string path = System.IO.Path.Combine(_root, "syslog");
        using SyslogSender sender = SyslogSender.OfMethod($"unix:{path}", "me").Sender.ShouldNotBeNull();
        sender.Send(30, "a");
        sender.Lost.ShouldBe(1);
        using var daemon = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        daemon.Bind(new UnixDomainSocketEndPoint(path));
        sender.Send(30, "b");
        byte[] buffer = new byte[100];
        Encoding.UTF8.GetString(buffer, 0, daemon.Receive(buffer)).ShouldBe("<30>b");
        // Nobody reads: what does not fit is lost, and nobody waits for it.
        while (sender.Lost == 1)
            sender.Send(30, "c");
    }

    [Theory]
    [InlineData("libc", true)]
    [InlineData("null", true)]
    [InlineData("unix:/run/log", true)]
    [InlineData("udp:127.0.0.1", true)]
    [InlineData("udp:127.0.0.1:5514", true)]
    [InlineData("udp:[::1]:5514", true)]
    [InlineData("udp:", false)]
    [InlineData("udp:5514", false)]
    [InlineData("udp:127.0.0.1:99999", false)]
    [InlineData("unix:", false)]
    [InlineData("", false)]
    [InlineData("LIBC", false)]
    public void Methods_are_those_of_Open_vSwitch(string method, bool isKnown) =>
        SyslogSender.OfMethod(method, "me").IsKnown.ShouldBe(isKnown);

    private Vlog Open(SyslogSender? syslog = null)
    {
        var file = new VlogFile(Path);
        file.Open().ShouldBeTrue();
        return new Vlog("me", _levels, _console, file, syslog, null);
    }

    private void Specify(params string[] specifications)
    {
        foreach (string specification in specifications)
            LogSpecification.Apply(_levels, specification).ShouldBeNull();
    }

    private static string Words(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
