using System.Buffers.Binary;
using UpcallActors.Linux;
using static UpcallActors.Odp.Tests.ScriptedChannel;

namespace UpcallActors.Odp.Tests;

/// <summary>Requests to a datapath find their answers, whatever it answers.</summary>
public sealed class DatapathClientTests : IDisposable
{
    private readonly ScriptedChannel _channel = new();
    private readonly DatapathClient _client;
    private readonly List<(int Request, byte Content)> _shown = [];

    public DatapathClientTests() => _client = new DatapathClient(_channel);

    public void Dispose()
    {
        _client.Dispose();
        _channel.Dispose();
    }

    [Fact]
    public void A_request_is_acknowledged_and_what_it_is_answered_with_is_shown()
    {
        _channel.Answer = request => [Data(request, 1), Data(request, 2), Ack(request)];
        Ask().ShouldBe(new NetlinkResult(Errno.None));
        _shown.ShouldBe([(0, 1), (0, 2)]);
        FlagsOf(_channel.Sends[0][0]).ShouldBe(NetlinkFlags.Request | NetlinkFlags.Ack);
        _channel.Waiting.ShouldBe(0);
    }

    [Fact]
    public void A_refusal_has_the_datapaths_own_words()
    {
        _channel.Answer = request => [Error(request, Errno.Invalid, "Unsupported mask")];
        NetlinkResult result = Ask();
        result.ShouldBe(new NetlinkResult(Errno.Invalid, "Unsupported mask"));
        result.ToString().ShouldBe("Invalid argument (Unsupported mask)");
    }

    [Fact]
    public void Answers_to_others_are_passed_over()
    {
        _channel.Answer = request =>
        [
            Message(32, NetlinkFlags.None, SequenceOf(request) + 1, [9]),
            Error(Earlier(request), Errno.Exists),
            Data(request, 1),
            Ack(request),
        ];
        Ask().Succeeded.ShouldBeTrue();
        _shown.ShouldBe([(0, 1)]);

        static byte[] Earlier(byte[] request)
        {
            byte[] earlier = [.. request];
            BinaryPrimitives.WriteUInt32LittleEndian(earlier.AsSpan(NetlinkMessage.SequenceOffset), SequenceOf(request) - 1);
            return earlier;
        }
    }

    [Fact]
    public void Messages_of_Netlink_itself_are_no_answers()
    {
        _channel.Answer = request => [Message(NetlinkControlType.Noop, NetlinkFlags.None, SequenceOf(request), [1, 2, 3, 4]), Ack(request)];
        Ask().Succeeded.ShouldBeTrue();
        _shown.ShouldBeEmpty();
    }

    [Fact]
    public void Many_requests_go_in_one_send_and_each_has_its_own_result()
    {
        // Two are answered before the first one; one is refused; one is neither answered nor refused.
        _channel.Answer = request => (SequenceOf(request) & 3) switch
        {
            1 => [Data(request, 10)],
            2 => [Error(request, Errno.NoSpace)],
            3 => [],
            _ => [Data(request, 13), Data(request, 14)],
        };
        for (int request = 0; request < 4; request++)
            Add().ShouldBeTrue();
        _client.Send(Show);

        _channel.Sends.ShouldHaveSingleItem().Count.ShouldBe(4);
        _channel.Sends[0].Select(SequenceOf).Distinct().Count().ShouldBe(4);
        Enumerable.Range(0, 4).Select(request => _client.Result(request).Error)
            .ShouldBe([Errno.None, Errno.NoSpace, Errno.None, Errno.None]);
        _shown.ShouldBe([(0, 10), (3, 13), (3, 14)]);
        _channel.Sends[0].Select((request, index) => _client.Request(index).SequenceEqual(request)).ShouldAllBe(same => same);
    }

    [Fact]
    public void As_many_go_in_a_send_as_it_is_said_and_no_more()
    {
        for (int request = 0; request < DatapathClient.MaxRequests; request++)
        {
            _client.IsFull.ShouldBeFalse();
            Add().ShouldBeTrue();
        }

        _client.IsFull.ShouldBeTrue();
        Add().ShouldBeFalse();
        _channel.Answer = request => [Error(request, (Errno)(SequenceOf(request) % 100))];
        _client.Send(Show);
        for (int request = 0; request < DatapathClient.MaxRequests; request++)
            _client.Result(request).Error.ShouldBe((Errno)(SequenceOf(_channel.Sends[0][request]) % 100));
    }

    [Fact]
    public void A_dump_is_taken_part_by_part()
    {
        _channel.Answer = request =>
        [
            [.. Data(request, 1, NetlinkFlags.Multi), .. Data(request, 2, NetlinkFlags.Multi)],
            Data(request, 3, NetlinkFlags.Multi),
            [.. Data(request, 4, NetlinkFlags.Multi), .. Done(request)],
        ];
        Add(NetlinkFlags.Request | NetlinkFlags.Dump);
        _client.Begin();
        _client.Read(Show).ShouldBeTrue();
        _shown.Select(shown => shown.Content).ShouldBe([1, 2]);
        _client.Read(Show).ShouldBeTrue();
        _client.Read(Show).ShouldBeFalse();
        _shown.Select(shown => shown.Content).ShouldBe([1, 2, 3, 4]);
        _client.Result(0).ShouldBe(new NetlinkResult(Errno.None));
        _client.Read(Show).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dump_that_was_interrupted_says_so(bool isPart)
    {
        NetlinkFlags inPart = isPart ? NetlinkFlags.DumpInterrupted : NetlinkFlags.None;
        NetlinkFlags inEnd = isPart ? NetlinkFlags.None : NetlinkFlags.DumpInterrupted;
        _channel.Answer = request =>
            [Data(request, 1, NetlinkFlags.Multi | inPart), Done(request, flags: inEnd)];
        Ask(NetlinkFlags.Dump).ShouldBe(new NetlinkResult(Errno.None, WasInterrupted: true));
        _channel.Answer = request => [Ack(request)];
        Ask().WasInterrupted.ShouldBeFalse();
    }

    [Fact]
    public void A_dump_may_end_with_an_error()
    {
        _channel.Answer = request => [Data(request, 1, NetlinkFlags.Multi), Done(request, Errno.NoMemory)];
        Ask(NetlinkFlags.Dump).Error.ShouldBe(Errno.NoMemory);
    }

    [Theory]
    [InlineData(NetlinkFlags.None)]
    [InlineData(NetlinkFlags.Dump)]
    public void An_answer_without_its_end_is_one_that_did_not_come(NetlinkFlags flags)
    {
        _channel.Answer = request => [Data(request, 1)];
        Ask(flags).Error.ShouldBe(Errno.TimedOut);
        _shown.ShouldBe([(0, 1)]);
        _channel.Answer = request => [Ack(request)];
        Ask().Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void Who_only_ever_hears_answers_to_others_gives_up()
    {
        using var client = new DatapathClient(_channel) { Patience = TimeSpan.FromMilliseconds(5) };
        _channel.Answer = _ => [];
        _channel.Endless = Message(32, NetlinkFlags.Multi, 0, [1, 2, 3, 4]);
        client.Ask(Write(client)).Error.ShouldBe(Errno.TimedOut);
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "shorter than a header", [1, 2, 3] },
        { "a length below the header", [15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "a length beyond the datagram", [64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "the greatest length", [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Bytes_that_are_no_message_fail_what_has_no_result_yet(string what, byte[] bytes)
    {
        _channel.Answer = request => SequenceOf(request) % 2 == 1 ? [[.. Error(request, Errno.Exists), .. bytes]] : [];
        Add();
        Add();
        _client.Send(Show);
        _client.Result(0).Error.ShouldBe(Errno.Exists, what);
        _client.Result(1).Error.ShouldBe(Errno.InputOutput, what);
    }

    [Fact]
    public void An_answer_that_nobody_can_read_is_the_loss_of_its_own_request_alone()
    {
        _channel.Answer = request => SequenceOf(request) % 3 == 1 ? [[16, 0, 0]] : [Data(request, 5), Ack(request)];
        for (int request = 0; request < 9; request++)
            Add(NetlinkFlags.Request | NetlinkFlags.Ack);
        _client.Send(Show);
        Enumerable.Range(0, 9).Select(request => _client.Result(request).Error).Order()
            .ShouldBe([.. Enumerable.Repeat(Errno.None, 6), .. Enumerable.Repeat(Errno.InputOutput, 3)]);
        _shown.Count.ShouldBe(6);
    }

    [Fact]
    public void What_is_left_of_a_dump_that_failed_half_way_is_passed_over_before_the_next()
    {
        // A dump that was not read to its end is still under way, and another one is refused (netlink_dump_start).
        _channel.Answer = request => _channel.Waiting > 0
            ? [Error(request, Errno.Busy)]
            : [Data(request, 1, NetlinkFlags.Multi), [16, 0, 0], Data(request, 2, NetlinkFlags.Multi), Done(request)];
        Add(NetlinkFlags.Request | NetlinkFlags.Dump);
        _client.Send(Show);
        _client.Result(0).Error.ShouldBe(Errno.InputOutput);
        _channel.Waiting.ShouldBe(2);
        Ask(NetlinkFlags.Request | NetlinkFlags.Dump).ShouldBe(new NetlinkResult(Errno.InputOutput));
        _channel.Answer = request => _channel.Waiting > 0 ? [Error(request, Errno.Busy)] : [Data(request, 7), Ack(request)];
        Ask().ShouldBe(new NetlinkResult(Errno.None));
        _shown.Select(shown => shown.Content).ShouldContain((byte)7);
    }

    [Fact]
    public void An_error_without_a_number_is_an_answer_that_cannot_be_understood()
    {
        _channel.Answer = request => [Message(NetlinkControlType.Error, NetlinkFlags.None, SequenceOf(request), [])];
        Ask().Error.ShouldBe(Errno.InputOutput);
    }

    [Fact]
    public void A_datagram_that_is_longer_than_there_is_room_for_is_no_success()
    {
        _channel.Answer = request => [new byte[1 << 20]];
        Ask().Error.ShouldBe(Errno.MessageSize);
    }

    [Fact]
    public void A_request_that_is_answered_twice_has_its_first_result()
    {
        _channel.Answer = request => [Error(request, Errno.Busy), Error(request, Errno.Invalid), Ack(request)];
        Ask().Error.ShouldBe(Errno.Busy);
        _channel.Answer = request => [Ack(request)];
        Ask().Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void A_send_that_is_refused_is_the_result_of_each_request()
    {
        _channel.Refusal = Errno.NoBuffers;
        Add();
        Add();
        _client.Send(Show);
        _client.Result(0).Error.ShouldBe(Errno.NoBuffers);
        _client.Result(1).Error.ShouldBe(Errno.NoBuffers);
        _channel.Refusal = Errno.None;
        Ask().Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void What_a_channel_does_not_take_is_not_sent()
    {
        var narrow = new ScriptedChannel { SendLimit = 16 };
        using var client = new DatapathClient(narrow);
        client.Ask(Write(client)).Error.ShouldBe(Errno.MessageSize);
        narrow.Sends.ShouldBeEmpty();
    }

    [Fact]
    public void A_request_that_did_not_fit_its_room_is_not_sent()
    {
        NetlinkWriter writer = _client.Writer(32);
        int start = writer.BeginMessage(32, NetlinkFlags.Request, 0, 0);
        writer.Put(1, new byte[100]);
        writer.EndMessage(start);
        _client.Ask(writer).Error.ShouldBe(Errno.MessageSize);
        _channel.Sends.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_left_of_a_dump_that_was_given_up_is_no_answer_to_the_next_request()
    {
        _channel.Answer = request =>
            [Data(request, 1, NetlinkFlags.Multi), Data(request, 2, NetlinkFlags.Multi), Done(request, Errno.Invalid)];
        Add(NetlinkFlags.Request | NetlinkFlags.Dump);
        _client.Begin();
        _client.Read(Show).ShouldBeTrue();
        _channel.Answer = request => [Data(request, 7), Ack(request)];
        Ask().ShouldBe(new NetlinkResult(Errno.None));
        _shown.Select(shown => shown.Content).ShouldBe([1, 7]);
    }

    [Fact]
    public void Who_throws_over_an_answer_may_ask_again()
    {
        _channel.Answer = request => [Data(request, 1), Data(request, 2), Ack(request)];
        Should.Throw<InvalidDataException>(() => _client.Ask(Write(_client), _ => throw new InvalidDataException()));
        _channel.Answer = request => [Data(request, 3), Ack(request)];
        Ask().Succeeded.ShouldBeTrue();
        _shown.ShouldBe([(0, 3)]);
    }

    [Fact]
    public void The_channel_goes_with_the_client()
    {
        _client.Dispose();
        _client.Dispose();
        _channel.IsDisposed.ShouldBeTrue();
    }

    private static NetlinkWriter Write(DatapathClient client, NetlinkFlags flags = NetlinkFlags.Request)
    {
        NetlinkWriter writer = client.Writer();
        int start = writer.BeginMessage(32, flags, 0, 0);
        writer.PutU32(1, 4711);
        writer.EndMessage(start);
        return writer;
    }

    private bool Add(NetlinkFlags flags = NetlinkFlags.Request) => _client.TryAdd(Write(_client, flags));

    private NetlinkResult Ask(NetlinkFlags flags = NetlinkFlags.None) =>
        _client.Ask(Write(_client, flags), answer => _shown.Add((0, answer.Payload[0])));

    private void Show(int request, NetlinkMessage answer) => _shown.Add((request, answer.Payload[0]));
}
