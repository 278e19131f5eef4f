using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>What happens on a connection, whatever is asked.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_client_speaks_the_version_that_it_offers(int version)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync((OpenFlowVersion)version);

        IReadOnlyList<DecodedMessage> answers = await peer.AskAsync(MessageType.FeaturesRequest, new EmptyMessage());

        var features = Assert.IsType<SwitchFeaturesMessage>(Assert.Single(answers).Body);
        Assert.Equal((byte)version, answers[0].Header.Version);
        Assert.Equal(0xfedcba9876543210, features.DatapathId);
        Assert.Equal(254, features.Tables);
    }

    [Fact]
    public async Task A_client_without_a_version_in_common_is_told_so_and_left()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await OpenFlowPeer.ConnectAsync(served.Socket, OpenFlowVersion.V15);

        peer.Send([7, 0, 0, 16, 0, 0, 0, 1, 0, 1, 0, 8, 0, 0, 0, 0x80]);

        // As recorded of Open vSwitch.
        byte[] expected = Convert.FromHexString(
            "0101005e0000000000000000576520737570706f72742076657273696f6e203078303620616e64206561726c6965722c20796f752073757070"
            + "6f72742076657273696f6e20307830372c206e6f20636f6d6d6f6e2076657273696f6e732e");
        Assert.Equal(expected, await peer.ReadAsync());
        Assert.Null(await peer.ReadAsync());
    }

    [Theory]
    // A message before HELLO, and one that is shorter than a header.
    [InlineData("040200090000000278")]
    [InlineData("0400000400000001")]
    public async Task A_client_that_does_not_speak_OpenFlow_is_left_without_a_word(string bytes)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await OpenFlowPeer.ConnectAsync(served.Socket, OpenFlowVersion.V13);

        peer.Send(Convert.FromHexString(bytes));

        Assert.Null(await peer.ReadAsync());
    }

    [Fact]
    public async Task Another_version_is_taken_in_an_echo_and_ends_the_connection_in_anything_else()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);

        peer.Send([1, 2, 0, 9, 0, 0, 0, 9, 0x78]);
        peer.Send([1, 5, 0, 8, 0, 0, 0, 10]);

        Assert.Equal([1, 3, 0, 9, 0, 0, 0, 9, 0x78], await peer.ReadAsync());
        var error = Assert.IsType<ErrorMessage>((await peer.ReceiveAsync()).Body);
        Assert.Equal(BadRequest.BadVersion.In(OpenFlowVersion.V13), error.Code);
        Assert.Null(await peer.ReadAsync());
    }

    [Fact]
    public async Task Messages_are_answered_in_the_order_in_which_they_came()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);

        for (int i = 0; i < 500; i++)
        {
            if (i % 2 == 0)
                peer.Send(MessageType.EchoRequest, new EchoMessage([]));
            else
                peer.Send(MessageType.Hello, new HelloMessage(4, null));
        }

        IReadOnlyList<DecodedMessage> answers = await peer.FlushAsync();

        Assert.Equal(500, answers.Count);
        Assert.Equal(answers.Select(answer => answer.Header.Xid).Order(), answers.Select(answer => answer.Header.Xid));
        Assert.All(answers.Where((_, i) => i % 2 == 1), answer => Assert.Equal(
            BadRequest.BadType.In(OpenFlowVersion.V13), Assert.IsType<ErrorMessage>(answer.Body).Code));
    }

    [Fact]
    public async Task A_client_that_reads_slowly_gets_all_of_a_long_list()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        FlowTablesOf(served).Apply([.. Enumerable.Range(0, 20_000).Select(i => new FlowChange
        {
            Priority = (ushort)i,
            Actions = ActionList.Empty,
        })]);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);

        // More than sockets hold, asked for before anything is read.
        for (int i = 0; i < 5; i++)
            peer.Send(MessageType.FlowStatsRequest, new FlowRequestMessage(255, Match.Any));
        IReadOnlyList<DecodedMessage> answers = await peer.FlushAsync();

        Assert.Equal(100_000, answers.Sum(answer => ((EntriesMessage<FlowStats>)answer.Body).Entries.Length));
        Assert.Equal(5, answers.Count(answer => (answer.Flags & DecodedMessage.MoreFlag) == 0));
    }

    [Fact]
    public async Task The_client_that_was_silent_for_longest_goes_when_too_many_come()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        var peers = new List<OpenFlowPeer>();
        for (int i = 0; i < 257; i++)
        {
            peers.Add(await served.ConnectAsync(OpenFlowVersion.V13));
            await peers[^1].FlushAsync();
            if (i == 1)
                await peers[0].FlushAsync();
        }

        Assert.Null(await peers[1].ReadAsync());
        Assert.Empty(await peers[0].FlushAsync());
        peers.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task The_sockets_of_a_bridge_go_with_it_and_come_back_with_it()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);

        await served.Running.ApplyAsync(new SwitchConfiguration());
        Assert.Null(await peer.ReadAsync());
        await Eventually.HoldsAsync(() => !File.Exists(served.Socket), () => "the socket is still there");
        await served.Running.ApplyAsync(new SwitchConfiguration { Bridges = [ServedSwitch.Bridge] });

        using OpenFlowPeer again = await served.ConnectAsync(OpenFlowVersion.V13);
        Assert.Empty(await again.FlushAsync());
    }

    private static Ofproto.FlowTables FlowTablesOf(ServedSwitch served) => served.Running.Translators.Bridges[0].Tables;
}
