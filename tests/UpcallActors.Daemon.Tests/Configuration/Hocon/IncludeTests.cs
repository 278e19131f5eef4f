using System.Diagnostics;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Ofproto;

namespace UpcallActors.Daemon.Tests.Configuration.Hocon;

/// <summary>Files that a configuration includes.</summary>
public sealed class IncludeTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_included_file_lies_where_it_is_included()
    {
        _folder.Write("parts/tuning.conf", "handlers = 3\npipeline.batch-size = 16\n");
        DaemonOptions options = Read(DaemonOptionsTests.Good.Replace("handlers = 2",
            "handlers = 2\ninclude \"parts/tuning.conf\"\npipeline.batch-size = 8", StringComparison.Ordinal));
        options.Handlers.ShouldBe(3);
        options.Pipeline.BatchSize.ShouldBe(8);
    }

    [Fact]
    public void What_is_relative_in_an_included_file_starts_from_it_and_its_substitutions_from_its_block()
    {
        _folder.Write("parts/bridge.conf", "flows = flows.of\nports.p1.mtu = ${ports.p1.number}00\ninclude file(\"more.conf\")\n");
        _folder.Write("parts/more.conf", "fail-mode = ${define.mode}\n");
        _folder.Write("parts/flows.of", "priority=7,actions=drop\n");
        DaemonOptions options = Read(
            "define.mode = secure\n" + DaemonOptionsTests.Good.Replace("fail-mode = standalone",
                "include required(file(\"parts/bridge.conf\"))", StringComparison.Ordinal)
                .Replace("    flows = \"flows.of\"\n", "", StringComparison.Ordinal));
        BridgeOptions bridge = options.Bridges.ShouldHaveSingleItem();
        bridge.Configuration.FailMode.ShouldBe(FailMode.Secure);
        bridge.Configuration.Flows.Changes.ShouldHaveSingleItem().Priority.ShouldBe((ushort)7);
        bridge.Captures.Single(port => port.Name == "p1").Mtu.ShouldBe(200);
    }

    [Fact]
    public void A_mistake_in_an_included_file_is_named_there()
    {
        _folder.Write("tuning.conf", "\nhandlers = few\n");
        _folder.Write("broken.conf", "a {\n");
        _folder.Problems(DaemonOptionsTests.Good.Replace("handlers = 2", "include \"tuning.conf\"\ninclude \"broken.conf\"",
            StringComparison.Ordinal)).ShouldBe([
            "tuning.conf:2: handlers must be a whole number, not \"few\"",
            "broken.conf:2: a '}' is missing at the end",
        ]);
    }

    [Fact]
    public void A_file_that_is_not_there_is_nothing_unless_it_is_required()
    {
        Read("include \"none.conf\"\n" + DaemonOptionsTests.Good).Handlers.ShouldBe(2);
        _folder.Problems("\ninclude required(\"none.conf\")\n" + DaemonOptionsTests.Good)
            .ShouldBe(["a.conf:2: include: there is no file none.conf"]);
    }

    [Fact]
    public void Files_that_include_each_other_come_to_an_end()
    {
        _folder.Write("other.conf", "\ninclude \"a.conf\"\n");
        _folder.Problems("include \"other.conf\"\n" + DaemonOptionsTests.Good).ShouldBe(["other.conf:2: include: a.conf includes itself"]);
        for (int file = 0; file < 10; file++)
            _folder.Write($"f{file}.conf", $"include \"f{file + 1}.conf\"\n");
        _folder.Problems("include \"f0.conf\"\n" + DaemonOptionsTests.Good)
            .ShouldBe(["f6.conf:1: include: files include each other deeper than 8"]);
    }

    [Fact]
    public void An_included_folder_cannot_be_read() =>
        _folder.Problems("include \".\"\n" + DaemonOptionsTests.Good).ShouldHaveSingleItem().ShouldContain("cannot be read");

    [Theory]
    [InlineData("include \"pipe\"\n", "a.conf")]
    [InlineData("include required(\"pipe\")\n", "a.conf")]
    [InlineData("include \"link\"\n", "a.conf")]
    [InlineData("", "pipe")]
    public void What_would_never_end_is_refused_and_not_waited_for(string include, string file)
    {
        Process.Start("mkfifo", Path.Combine(_folder.Root, "pipe")).WaitForExit();
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "link"), "pipe");
        _folder.Write("a.conf", include + DaemonOptionsTests.Good);
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) =
            DaemonOptionsReader.Read([Path.Combine(_folder.Root, file)]);
        options.ShouldBeNull();
        problems[0].Message.ShouldBe("cannot be read: it is no regular file, but a named pipe");
    }

    [Theory]
    [InlineData("flows.of", "a.conf:5: flows: pipe cannot be read: it is no regular file, but a named pipe")]
    [InlineData("p0.pcap\", host", "a.conf:7: input: pipe cannot be read: it is no regular file, but a named pipe")]
    public void Nor_are_flows_and_captures_that_would_never_end(string named, string problem)
    {
        Process.Start("mkfifo", Path.Combine(_folder.Root, "pipe")).WaitForExit();
        _folder.Problems(DaemonOptionsTests.Good.Replace(
            named, named.Replace(named.Split('"')[0], "pipe", StringComparison.Ordinal), StringComparison.Ordinal)).ShouldBe([problem]);
    }

    [Fact]
    public void A_device_is_refused() =>
        _folder.Problems("include \"/dev/zero\"\n" + DaemonOptionsTests.Good)
            .ShouldBe(["/dev/zero: cannot be read: it is no regular file, but a device"]);

    [Fact]
    public void An_output_may_not_overwrite_an_included_file()
    {
        _folder.Write("tuning.conf", "handlers = 3\n");
        _folder.Problems(DaemonOptionsTests.Good.Replace("handlers = 2", "include \"tuning.conf\"", StringComparison.Ordinal)
            .Replace("out/p0.pcap", "tuning.conf", StringComparison.Ordinal))
            .ShouldBe(["a.conf:7: output is the configuration itself, which it would overwrite"]);
    }

    private DaemonOptions Read(string text)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(text);
        problems.ShouldBeEmpty();
        return options!;
    }
}
