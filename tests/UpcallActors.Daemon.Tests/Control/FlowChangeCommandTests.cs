using UpcallActors.Daemon.Tests.Configuration;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>Flows of the datapath by hand; the texts are those of <c>ovs-vswitchd</c> 3.1, but for the program's name.</summary>
public sealed class FlowChangeCommandTests
{
    private const string Prefix = "upcall-actors: ";
    private const string Key = "in_port(2),eth(src=50:54:00:00:00:01,dst=50:54:00:00:00:0a),eth_type(0x88b5)";

    [Fact]
    public async Task A_flow_is_added_changed_and_deleted_by_its_key()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("dpctl/add-flow", Key, "3")).ShouldBeEmpty();
        (await daemon.FailAsync("dpctl/add-flow", Key, "3")).ShouldBe("upcall-actors: updating flow table (File exists)\n");
        (await daemon.PrintAsync("dpctl/mod-flow", "embedded@ovs-system", Key, "2,3")).ShouldBeEmpty();
        string line = await daemon.PrintAsync("dpctl/dump-flows");
        line.ShouldBe("in_port(2),eth(src=50:54:00:00:00:01,dst=50:54:00:00:00:0a),eth_type(0x88b5), "
            + "packets:0, bytes:0, used:never, actions:2,3\n");
        (await daemon.PrintAsync("dpctl/del-flow", "-s", Key)).ShouldBe("packets:0, bytes:0, used:never\n");
        daemon.Datapath.FlowCount.ShouldBe(0);
        (await daemon.FailAsync("dpctl/del-flow", Key))
            .ShouldBe("upcall-actors: deleting flow (No such file or directory)\nPerhaps you need to specify a UFID?\n");
    }

    [Fact]
    public async Task A_flow_is_found_by_its_id_and_by_names()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        const string Ufid = "ufid:12345678-1234-4234-8234-123456789abc";
        (await daemon.PrintAsync("dpctl/add-flow", $"{Ufid},in_port(ovs-p0),eth(),eth_type(0x88b5)", "ovs-p1")).ShouldBeEmpty();
        const string Rest = "eth(),eth_type(0x88b5), packets:0, bytes:0, used:never, actions:";
        (await daemon.PrintAsync("dpctl/get-flow", Ufid)).ShouldBe($"in_port(2),{Rest}3\n");
        (await daemon.PrintAsync("dpctl/get-flow", "--names", "ovs-system", Ufid)).ShouldBe($"in_port(ovs-p0),{Rest}ovs-p1\n");
        (await daemon.PrintAsync("dpctl/get-flow", "-m", Ufid["ufid:".Length..])).ShouldStartWith(Ufid + ", ");
        (await daemon.PrintAsync("dpctl/del-flow", Ufid)).ShouldBeEmpty();
        (await daemon.FailAsync("dpctl/get-flow", Ufid)).ShouldBe("upcall-actors: getting flow (No such file or directory)\n");
    }

    [Fact]
    public async Task Counters_begin_anew_when_that_is_asked_for()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        await daemon.PrintAsync("dpctl/add-flow", Key, "3");
        daemon.Clock.Set(5_000_000);
        daemon.Datapath.Receive(2, [0x50, 0x54, 0, 0, 0, 0x0a, 0x50, 0x54, 0, 0, 0, 1, 0x88, 0xb5, .. new byte[46]]);
        (await daemon.PrintAsync("dpctl/mod-flow", "-s", Key, "2")).ShouldBe("packets:1, bytes:60, used:0.000s\n");
        (await daemon.PrintAsync("dpctl/mod-flow", "--clear", Key, "2")).ShouldBeEmpty();
        (await daemon.PrintAsync("dpctl/dump-flows")).ShouldContain("packets:0, bytes:0, used:never, actions:2");
    }

    [Fact]
    public async Task A_flow_that_is_not_there_is_changed_only_if_it_may_be_new()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.FailAsync("dpctl/mod-flow", Key, "3")).ShouldBe("upcall-actors: updating flow table (No such file or directory)\n");
        (await daemon.PrintAsync("dpctl/mod-flow", "--may-create", Key, "3")).ShouldBeEmpty();
        (await daemon.PrintAsync("dpctl/mod-flow", "--may-create", Key, "2")).ShouldBeEmpty();
        (await daemon.PrintAsync("dpctl/dump-flows")).ShouldEndWith("actions:2\n");
        daemon.Datapath.FlowCount.ShouldBe(1);
    }

    [Theory]
    [InlineData(Prefix + "parsing flow key (syntax error at eth(src=50) (Invalid argument)", "dpctl/add-flow", "eth(src=50", "1")]
    [InlineData(Prefix + "parsing flow key (syntax error at foo(1)) (Invalid argument)", "dpctl/add-flow", "in_port(1),foo(1)", "1")]
    [InlineData("upcall-actors: parsing actions (Invalid argument)", "dpctl/add-flow", Key, "foo")]
    [InlineData("upcall-actors: datapath not found (Invalid argument)", "dpctl/add-flow", "nosuch", Key, "1")]
    [InlineData("upcall-actors: datapath not found (Invalid argument)", "dpctl/get-flow", "nosuch", "ufid:1")]
    [InlineData("upcall-actors: syntax error at x (Invalid argument)", "dpctl/del-flow", "x")]
    [InlineData("\"dpctl/add-flow\" command requires at least 2 arguments", "dpctl/add-flow", Key)]
    [InlineData("Unrecognized option --read-only", "dpctl/mod-flow", "--read-only", Key, "1")]
    public async Task What_is_wrong_is_said_in_Open_vSwitchs_words(string problem, string command, params string[] arguments)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.FailAsync(command, arguments)).ShouldBe(problem + "\n");
    }

    [Fact]
    public async Task An_id_that_is_none_is_an_answer_and_no_error()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("dpctl/get-flow", "zz")).ShouldBe("upcall-actors: parsing flow ufid\n");
    }

    [Fact]
    public async Task A_file_is_gone_through_and_what_is_wrong_in_it_is_said()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        using var folder = new ConfigurationFolder();
        string file = folder.Write("flows.txt", $"""
            # a comment
            add {Key} 3

            in_port(2),eth(),eth_type(0x88b6) actions:3
            modify {Key} 2
            in_port(2),eth(),eth_type(0x88b7) foo
            in_port(2),eth(),eth_type(0x88b8)
            """);
        (await daemon.PrintAsync("dpctl/add-flows", file))
            .ShouldBe("upcall-actors: parsing actions (Invalid argument)\nupcall-actors: Failed parsing line number 7, skipped!\n");
        daemon.Datapath.FlowCount.ShouldBe(2);
        (await daemon.PrintAsync("dpctl/dump-flows")).ShouldContain("eth_type(0x88b5), packets:0, bytes:0, used:never, actions:2\n");
        (await daemon.PrintAsync("dpctl/del-flows", folder.Write("gone.txt", $"{Key}\n"))).ShouldBeEmpty();
        daemon.Datapath.FlowCount.ShouldBe(1);
        (await daemon.PrintAsync("dpctl/del-flows", "/nosuch"))
            .ShouldBe("upcall-actors: Opening file \"/nosuch\" failed (No such file or directory)\n");
        (await daemon.PrintAsync("dpctl/del-flows")).ShouldBeEmpty();
        daemon.Datapath.FlowCount.ShouldBe(0);
    }
}
