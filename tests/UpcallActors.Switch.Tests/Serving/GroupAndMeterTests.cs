using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>Groups and meters as OpenFlow clients change and see them, held to what Open vSwitch answered in recordings.</summary>
public sealed class GroupAndMeterTests
{
    private const byte HelloType = 0;
    private const byte MultipartType = 18;
    private const byte TableFeatures = 12;
    private const byte DescribedPort = 13;

    [Theory]
    [InlineData("raw-groups.txt")]
    [InlineData("raw-meters.txt")]
    [InlineData("of13-dump-group-features.txt")]
    [InlineData("of15-dump-group-features.txt")]
    public async Task Each_message_is_answered_as_it_was_recorded(string recording)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        OpenFlowPeer? peer = null;
        try
        {
            List<byte[]> expected = [];
            foreach ((bool isFromClient, byte[] message) in Messages(recording))
            {
                if (!isFromClient)
                {
                    if (message[1] != HelloType)
                        expected.Add(message);
                    continue;
                }

                if (message[1] == HelloType)
                {
                    peer?.Dispose();
                    peer = await served.ConnectAsync((OpenFlowVersion)message[0]);
                    continue;
                }

                await ShouldAnswerAsync(peer!, expected);
                if (message[1] is MultipartType && message[9] is TableFeatures or DescribedPort)
                    continue;
                peer!.Send(message);
            }

            await ShouldAnswerAsync(peer!, expected);
        }
        finally
        {
            peer?.Dispose();
        }
    }

    [Fact]
    public async Task A_group_is_described_and_counted_and_takes_its_flows_along()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V15);
        GroupChange group = GroupSyntax.Parse(
            "group_id=7,type=select,selection_method=hash,fields(ip_src),bucket=bucket_id:4,weight:9,actions=output:1,bucket=output:2");

        Assert.Empty(await peer.AskAsync(MessageType.GroupMod, new GroupModMessage(group)));
        Assert.Empty(await peer.AskAsync(MessageType.FlowMod, Flow("ip,actions=group:7")));
        DecodedMessage refused = Assert.Single(await peer.AskAsync(MessageType.FlowMod, Flow("ip,actions=group:8")));
        Assert.Equal(BadAction.BadOutGroup.In(OpenFlowVersion.V15), ((ErrorMessage)refused.Body).Code);

        GroupDescription described = Assert.Single(await ListAsync<GroupDescription>(peer, MessageType.GroupDescRequest, 7));
        Assert.Equal((GroupType.Select, 7u), (described.Type, described.Id));
        Assert.Equal([4u, 0u], described.Buckets.Select(bucket => bucket.Id));
        Assert.Equal("ip_src", Assert.Single(described.Selection!.Fields).Field.Name);
        GroupStatistics counted = Assert.Single(await ListAsync<GroupStatistics>(peer, MessageType.GroupStatsRequest, 7));
        Assert.Equal((1u, 2), (counted.References, counted.Buckets.Length));
        Assert.Empty(await ListAsync<GroupStatistics>(peer, MessageType.GroupStatsRequest, 9));

        Assert.Empty(await peer.AskAsync(MessageType.GroupMod, new GroupModMessage(GroupSyntax.Parse("delete"))));
        Assert.Equal(0, served.Running.Translators.Bridges[0].Tables.RuleCount);
    }

    [Fact]
    public async Task A_meter_is_shown_and_takes_its_flows_along()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);
        Assert.Empty(await peer.AskAsync(MessageType.MeterMod, new MeterModMessage(0, 2, 5, [new OpenFlowMeterBand(1, 200, 0, 0)])));
        Assert.Empty(await peer.AskAsync(MessageType.FlowMod, Flow("ip,actions=meter:5,2")));

        MeterConfig config = Assert.Single(await ListAsync<MeterConfig>(peer, MessageType.MeterConfigRequest, MeterChanges.AllMeters));
        Assert.Equal((5u, 2, 200u), (config.Id, config.Flags, config.Bands[0].Burst));
        MeterStatistics counted = Assert.Single(await ListAsync<MeterStatistics>(peer, MessageType.MeterStatsRequest, 5));
        Assert.Equal((1u, 0ul), (counted.Flows, counted.Packets));

        Assert.Empty(await peer.AskAsync(MessageType.MeterMod, new MeterModMessage(2, 0, MeterChanges.AllMeters, [])));
        Assert.Equal(0, served.Running.Translators.Bridges[0].Tables.RuleCount);
    }

    [Fact]
    public async Task The_limits_of_meters_are_the_datapaths()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);

        DecodedMessage answer = Assert.Single(await peer.AskAsync(MessageType.MeterFeaturesRequest, new EmptyMessage()));

        Assert.Equal(new MeterFeaturesMessage(65_536, 2, 0xf, 1, 0), answer.Body);
    }

    [Theory]
    [InlineData((int)MessageType.MeterConfigRequest)]
    [InlineData((int)MessageType.MeterStatsRequest)]
    public async Task A_meter_that_is_not_there_is_unknown_and_all_of_none_are_none(int type)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);

        DecodedMessage refused = Assert.Single(await peer.AskAsync((MessageType)type, new NumberMessage(77)));
        Assert.Equal(MeterModFailed.UnknownMeter.In(OpenFlowVersion.V13), ((ErrorMessage)refused.Body).Code);
        DecodedMessage all = Assert.Single(await peer.AskAsync((MessageType)type, new NumberMessage(MeterChanges.AllMeters)));
        Assert.IsNotType<ErrorMessage>(all.Body);
    }

    private static FlowModMessage Flow(string text) => new(FlowSyntax.ParseFlow(text) with { Table = 0 }, FlowModMessage.NoBuffer);

    private static async Task<IReadOnlyList<T>> ListAsync<T>(OpenFlowPeer peer, MessageType type, uint number)
        where T : class, IWireDecoder<T>, IWireEntry
    {
        DecodedMessage answer = Assert.Single(await peer.AskAsync(type, new NumberMessage(number)));
        return ((EntriesMessage<T>)answer.Body).Entries;
    }

    /// <summary>The switch's answers are those expected; their order is that of the recording.</summary>
    private static async Task ShouldAnswerAsync(OpenFlowPeer peer, List<byte[]> expected)
    {
        foreach (byte[] answer in expected)
        {
            bool isLeftOut = answer[1] == MultipartType + 1 && answer[9] is TableFeatures or DescribedPort;
            if (!isLeftOut)
                Assert.Equal(Convert.ToHexString(answer), Convert.ToHexString((await peer.ReadAsync())!));
        }

        expected.Clear();
    }

    private static IEnumerable<(bool IsFromClient, byte[] Bytes)> Messages(string recording) =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "captures", "openflow", recording))
        where line.StartsWith("> ", StringComparison.Ordinal) || line.StartsWith("< ", StringComparison.Ordinal)
        select (line[0] == '>', Convert.FromHexString(line[2..]));
}
