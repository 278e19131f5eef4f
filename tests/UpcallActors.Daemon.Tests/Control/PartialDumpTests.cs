using UpcallActors.Daemon.Control;
using UpcallActors.Linux;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>What commands print of a datapath that changes while it is dumped, or fails half way.</summary>
public sealed class PartialDumpTests
{
    private const string Flow = "ufid:104f0d20-0123-4c84-8b54-27995c286edd, recirc_id(0),in_port(ovs-p0),eth(),eth_type(0x88b5), "
        + "packets:0, bytes:0, used:never, actions:drop";

    private const string Short = "recirc_id(0),in_port(2),eth(),eth_type(0x88b5), packets:0, bytes:0, used:never, actions:drop\n";
    private const string Interrupted = "Failed to dump flows from datapath (Interrupted system call)";

    private InterruptedDumps? _dumps;

    [Theory]
    [InlineData("dpctl/dump-flows")]
    [InlineData("dpif/dump-flows", "br0")]
    [InlineData("upcall-actors/flows", "--no-names")]
    [InlineData("dpctl/show")]
    public async Task A_dump_that_a_change_has_interrupted_is_made_again_and_shown_once(string command, params string[] arguments)
    {
        string whole;
        await using (ControlledSwitch daemon = await StartAsync(times: 0))
            whole = await daemon.PrintAsync(command, arguments);
        await using ControlledSwitch interrupted = await StartAsync(times: DatapathQuery.Attempts - 1);
        (await interrupted.PrintAsync(command, arguments)).ShouldBe(whole);
        _dumps!.Ended.ShouldBe(DatapathQuery.Attempts);
    }

    [Theory]
    [InlineData("", Interrupted, "dpif/dump-flows", "br0")]
    [InlineData("", Interrupted, "upcall-actors/flows", "--no-names")]
    [InlineData(Short, Interrupted, "dpctl/dump-flows")]
    [InlineData("", "listing ports: Interrupted system call", "dpctl/show")]
    [InlineData("", "listing ports: Interrupted system call", "dpif/show")]
    public async Task One_that_is_interrupted_each_time_ends_with_an_error(
        string shown, string error, string command, params string[] arguments)
    {
        await using ControlledSwitch daemon = await StartAsync(times: int.MaxValue);
        (await daemon.FailAsync(command, arguments)).ShouldBe($"{shown}upcall-actors: {error}\n");
        _dumps!.Ended.ShouldBe(DatapathQuery.Attempts);
    }

    [Fact]
    public async Task One_that_fails_half_way_shows_what_has_come_and_then_the_error()
    {
        await using ControlledSwitch daemon = await StartAsync(times: 0, Errno.NoBuffers);
        (await daemon.FailAsync("dpctl/dump-flows"))
            .ShouldBe($"{Short}upcall-actors: Failed to dump flows from datapath (No buffer space available)\n");
        _dumps!.Ended.ShouldBe(1);
    }

    private async Task<ControlledSwitch> StartAsync(int times, Errno failure = Errno.None)
    {
        ControlledSwitch daemon = await ControlledSwitch.StartAsync(
            seen: datapath => _dumps = new InterruptedDumps(datapath, times) { Failure = failure });
        daemon.Put([Flow]);
        return daemon;
    }
}
