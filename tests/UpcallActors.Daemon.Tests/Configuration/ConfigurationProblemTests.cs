namespace UpcallActors.Daemon.Tests.Configuration;

/// <summary>What is said about a bad configuration: everything at once, each with its place.</summary>
public sealed class ConfigurationProblemTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("handlers = 2", "handelrs = 2", "a.conf:2: unknown key handelrs in upcall-actors; did you mean handlers?")]
    [InlineData("handlers = 2", "zebra = 2", "a.conf:2: unknown key zebra in upcall-actors")]
    [InlineData("handlers = 2", "handlers = two", "a.conf:2: handlers must be a whole number, not \"two\"")]
    [InlineData("handlers = 2", "handlers = 2000", "a.conf:2: handlers must be from 0 to 1024, not 2000")]
    [InlineData("handlers = 2", "handlers = 99999999999999999999", "a.conf:2: handlers must be a whole number, not \"99999999999999999999\"")]
    [InlineData("handlers = 2", "handlers = null", "a.conf:2: handlers has no value")]
    [InlineData("handlers = 2", "handlers = [2]", "a.conf:2: handlers must be a plain value, not a list")]
    [InlineData("handlers = 2", "handlers { }", "a.conf:2: handlers must be a plain value, not a block")]
    [InlineData("handlers = 2", "datapath = embedded", "a.conf:2: datapath must be a block: datapath { … }")]
    [InlineData("handlers = 2", "datapath.type = kernal", "a.conf:2: type must be auto or embedded or kernel, not \"kernal\"; did you mean kernel?")]
    [InlineData("handlers = 2", "datapath.type = kernel", "a.conf:2: type = kernel is not available in this version; use auto or embedded")]
    [InlineData("handlers = 2", "pipeline.batch-size = 65", "a.conf:2: batch-size must be from 1 to 64, not 65")]
    [InlineData("handlers = 2", "replay.purge-at = [now]", "a.conf:2: purge-at holds \"now\", which is no time in seconds since 1970")]
    [InlineData("handlers = 2", "replay.purge-at = 5", "a.conf:2: purge-at must be a list: [ … ]")]
    [InlineData("standalone", "open", "a.conf:4: fail-mode must be secure or standalone, not \"open\"")]
    [InlineData("flows.of", "other.of", "a.conf:5: flows: there is no file other.of")]
    [InlineData("number = 1, ", "", "a.conf:7: number is missing in p0")]
    [InlineData("number = 1,", "number = 0,", "a.conf:7: number must be from 1 to 65279, not 0")]
    [InlineData("number = 2", "number = 1", "a.conf:8: number 1 is that of p0 already")]
    [InlineData("input = \"p0.pcap\"", "input = nothing", "a.conf:7: input: there is no file nothing")]
    [InlineData("host-mac = \"02:00:00:00:00:0b\"", "host-mac = \"02:00:00:00:00:0a\"", "a.conf:8: host-mac is that of p0 already")]
    [InlineData("02:00:00:00:00:0b", "02:00:00:00:00", "a.conf:8: host-mac must be six pairs of hexadecimal digits with colons between, not \"02:00:00:00:00\"")]
    [InlineData("02:00:00:00:00:0b", "02:00:00:00:00: b", "a.conf:8: host-mac must be six pairs of hexadecimal digits with colons between, not \"02:00:00:00:00: b\"")]
    [InlineData("02:00:00:00:00:0b", "03:00:00:00:00:0b", "a.conf:8: host-mac 03:00:00:00:00:0b is a multicast address; no host sends from one")]
    [InlineData("02:00:00:00:00:0b", "00:00:00:00:00:00", "a.conf:8: host-mac is all zeroes; no host sends from it")]
    [InlineData("mtu = 1400", "mtu = 67", "a.conf:7: mtu must be from 68 to 65535, not 67")]
    [InlineData("out/p0.pcap", "p1.pcap", "a.conf:7: output is the input of p1, which it would overwrite")]
    [InlineData("out/p0.pcap", "a.conf", "a.conf:7: output is the configuration itself, which it would overwrite")]
    [InlineData("out/p0.pcap", "gone/../flows.of", "a.conf:7: output is the flows of br0, which it would overwrite")]
    [InlineData("out/p0.pcap", "out\\u0000p0", "a.conf:7: output holds a zero character, which no path has")]
    [InlineData("type = capture, input = \"p1", "type = tap, input = \"p1", "a.conf:8: type must be capture, not \"tap\": this version has no other ports")]
    [InlineData("p1 {", "br0 {", "a.conf:8: the name br0 is that of a bridge already")]
    [InlineData("p1 {", "ovs-system {", "a.conf:8: the name ovs-system is that of the datapath already")]
    [InlineData("p1 {", "a-name-that-is-long {", "a.conf:8: the name a-name-that-is-long must have at most 15 characters, without '/', ':' and spaces")]
    public void A_mistake_is_named_with_its_line(string good, string bad, string problem)
    {
        string text = DaemonOptionsTests.Good.Replace(good, bad, StringComparison.Ordinal);
        text.ShouldNotBe(DaemonOptionsTests.Good);
        _folder.Problems(text).ShouldBe([problem]);
    }

    [Fact]
    public void All_mistakes_of_all_files_are_reported_at_once_in_order()
    {
        string text = DaemonOptionsTests.Good
            .Replace("handlers = 2", "handlers = few", StringComparison.Ordinal)
            .Replace("standalone", "open", StringComparison.Ordinal)
            .Replace("number = 2", "numbr = 2", StringComparison.Ordinal)
            .Replace("p1.pcap", "gone.pcap", StringComparison.Ordinal);
        _folder.Problems(text, "# second file\nupcall-actors.bridges.br0.ports.p0.mtu = big\nother = 1\n").ShouldBe([
            "a.conf:2: handlers must be a whole number, not \"few\"",
            "a.conf:4: fail-mode must be secure or standalone, not \"open\"",
            "a.conf:8: input: there is no file gone.pcap",
            "a.conf:8: number is missing in p1",
            "a.conf:8: unknown key numbr in p1; did you mean number?",
            "b.conf:2: mtu must be a whole number, not \"big\"",
            "b.conf:3: unknown key other at the top",
        ]);
    }

    [Fact]
    public void Each_mistake_in_the_flows_has_its_line_and_column()
    {
        _folder.Write("flows.of", "# two mistakes\npriority=high,actions=drop\nin_port=p0,actions=drop\nicmp,actions=outptu:1\n");
        _folder.Write("p0.pcap", "no capture");
        IReadOnlyList<string> problems = _folder.Problems(DaemonOptionsTests.Good.Replace("handlers = 2", "handlers = few", StringComparison.Ordinal));
        problems.Count.ShouldBe(4);
        problems[0].ShouldStartWith("a.conf:2: ");
        problems[1].ShouldBe("a.conf:7: input: p0.pcap: not a pcap file (HeaderTruncated).");
        problems[2].ShouldStartWith("flows.of:2:10: ");
        problems[3].ShouldStartWith("flows.of:4:14: ");
    }

    [Fact]
    public void A_file_that_is_no_HOCON_does_not_hide_the_mistakes_of_the_others()
    {
        string text = DaemonOptionsTests.Good.Replace("handlers = 2", "handlers = few", StringComparison.Ordinal);
        _folder.Problems(text, "upcall-actors {\n").ShouldBe([
            "a.conf:2: handlers must be a whole number, not \"few\"",
            "b.conf:2: a '}' is missing at the end",
        ]);
    }

    [Fact]
    public void The_mistake_is_where_the_value_that_holds_was_set()
    {
        string text = DaemonOptionsTests.Good.Replace("handlers = 2", "handlers = 2\n  handlers = few", StringComparison.Ordinal);
        _folder.Problems(text).ShouldBe(["a.conf:3: handlers must be a whole number, not \"few\""]);
    }

    [Fact]
    public void A_port_name_is_the_datapaths_so_two_bridges_cannot_share_it()
    {
        const string Second = """
            upcall-actors.bridges.br1.ports.p0 { number = 1, type = capture, input = p1.pcap, host-mac = "02:00:00:00:00:0c" }
            """;
        _folder.Problems(DaemonOptionsTests.Good, Second).ShouldBe(["b.conf:1: the name p0 is that of a port of another bridge already"]);
    }

    [Fact]
    public void An_output_that_is_a_link_to_an_input_is_refused()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "link.pcap"), "p1.pcap");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "here"), ".");
        _folder.Problems(DaemonOptionsTests.Good.Replace("out/p0.pcap", "here/link.pcap", StringComparison.Ordinal))
            .ShouldBe(["a.conf:7: output is the input of p1, which it would overwrite"]);
    }

    [Fact]
    public void A_configuration_without_a_port_is_refused() =>
        _folder.Problems("upcall-actors.handlers = 1\n").ShouldBe(["a.conf: bridges has no bridge with a port: there is nothing to do"]);

    [Fact]
    public void A_missing_configuration_file_is_named() =>
        Daemon.Configuration.DaemonOptionsReader.Read([Path.Combine(_folder.Root, "none.conf")]).Problems
            .ShouldHaveSingleItem().ToString().ShouldContain("none.conf: cannot be read");
}
