using System.Globalization;
using System.Text;
using UpcallActors.OpenFlow;
using Xunit.Abstractions;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// Many clients ask for all flows while others change flows and packets come up. Alone, since it looks at the process's memory.
/// </summary>
[CollectionDefinition(nameof(LoadTests), DisableParallelization = true)]
[Collection(nameof(LoadTests))]
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Flows = 10_000;
    private const int Readers = 150;
    private const int SlowReaders = 50;
    private const int DumpsUnread = 20;
    private const int ChangesEachTime = 25;
    private const int PacketsEachTime = 5;

    /// <summary>What 200 connections may hold: buffers of some 200 KiB, and 80 KiB for the flows of one dump.</summary>
    private const long MostMemory = 48 << 20;

    // Changes and packets go on with the dumps: some for each message of one.
    private readonly SemaphoreSlim _forChanges = new(0);
    private readonly SemaphoreSlim _forPackets = new(0);

    [Fact]
    public async Task Two_hundred_clients_that_dump_all_flows_cost_no_upcall_and_little_memory()
    {
        await using ControlledSwitch controlled = await ControlledSwitch.StartAsync(ManyFlows());
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var slow = new List<OpenFlowPeer>();
        for (int i = 0; i < SlowReaders; i++)
            slow.Add(await AskAndNotReadAsync(controlled));
        using var ended = new CancellationTokenSource();
        Task<int> changes = ChangeFlowsAsync(controlled, ended.Token);
        Task<int> packets = ReceivePacketsAsync(controlled, ended.Token);

        long bytes = (await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => DumpAsync(controlled)))).Sum();
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        await ended.CancelAsync();
        GoOn();

        output.WriteLine(
            $"{bytes >> 20} MiB of dumps, {await changes} flow-mods, {await packets} packets, {held >> 10} KiB for those who do not read");
        Assert.Equal(await packets, controlled.Sent("p2").Count);
        Assert.InRange(held, long.MinValue, MostMemory);
        // Those who did not read were only kept waiting: who reads now is answered to the end.
        Assert.All(await FlowsOfDumpsAsync(slow[0], DumpsUnread), flows => Assert.Equal(Flows, flows));
        slow.ForEach(peer => peer.Dispose());
    }

    private static string ManyFlows()
    {
        // By each address, so that each packet with another one comes up.
        var flows = new StringBuilder("ip,actions=2,resubmit(,1)\n");
        for (int i = 0; i < Flows; i++)
            flows.Append(CultureInfo.InvariantCulture, $"table=1,priority=7,ip,nw_dst=10.1.{i >> 8}.{i & 255},actions=drop\n");
        return flows.ToString();
    }

    private static async Task<OpenFlowPeer> AskAndNotReadAsync(ControlledSwitch controlled)
    {
        OpenFlowPeer peer = await controlled.ConnectAsync(OpenFlowVersion.V13);
        for (int i = 0; i < DumpsUnread; i++)
            peer.Send(MessageType.FlowStatsRequest, AllOfTable1());
        return peer;
    }

    private async Task<long> DumpAsync(ControlledSwitch controlled)
    {
        using OpenFlowPeer peer = await controlled.ConnectAsync(OpenFlowVersion.V13);
        peer.Send(MessageType.FlowStatsRequest, AllOfTable1());
        long bytes = 0;
        for (bool isMore = true; isMore;)
        {
            byte[]? segment = await peer.ReadAsync();
            Assert.NotNull(segment);
            bytes += segment.Length;
            GoOn();
            isMore = (segment[OpenFlowHeader.Size + 3] & DecodedMessage.MoreFlag) != 0;
        }

        return bytes;
    }

    private static async Task<IReadOnlyList<int>> FlowsOfDumpsAsync(OpenFlowPeer peer, int dumps)
    {
        int[] flows = new int[dumps];
        for (int i = 0; i < dumps;)
        {
            DecodedMessage segment = await peer.ReceiveAsync();
            flows[i] += Assert.IsType<EntriesMessage<FlowStats>>(segment.Body).Entries.Length;
            i += (segment.Flags & DecodedMessage.MoreFlag) != 0 ? 0 : 1;
        }

        return flows;
    }

    private async Task<int> ChangeFlowsAsync(ControlledSwitch controlled, CancellationToken ended)
    {
        using OpenFlowPeer peer = await controlled.ConnectAsync(OpenFlowVersion.V13);
        int made = 0;
        while (!ended.IsCancellationRequested)
        {
            for (int i = 0; i < ChangesEachTime; i++, made++)
            {
                FlowChange change = FlowSyntax.ParseFlow($"table=2,tcp,tp_dst={made % 5000},actions=drop") with
                {
                    Command = made / 5000 % 2 == 0 ? FlowCommand.Add : FlowCommand.DeleteStrict,
                };
                peer.Send(MessageType.FlowMod, new FlowModMessage(change, FlowModMessage.NoBuffer));
            }

            Assert.Empty(await peer.FlushAsync());
            await _forChanges.WaitAsync(CancellationToken.None);
        }

        return made;
    }

    private async Task<int> ReceivePacketsAsync(ControlledSwitch controlled, CancellationToken ended)
    {
        int received = 0;
        while (!ended.IsCancellationRequested)
        {
            for (int i = 0; i < PacketsEachTime; i++, received++)
            {
                byte[] frame = ControlledSwitch.Frame();
                (frame[31], frame[32], frame[33]) = (1, (byte)(received >> 8), (byte)received);
                await controlled.ReceiveAsync("p1", frame);
            }

            await _forPackets.WaitAsync(CancellationToken.None);
        }

        return received;
    }

    private void GoOn()
    {
        _forChanges.Release();
        _forPackets.Release();
    }

    private static FlowRequestMessage AllOfTable1() => new(1, Match.Any);
}
