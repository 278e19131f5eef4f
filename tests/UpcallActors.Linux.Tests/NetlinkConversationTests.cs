namespace UpcallActors.Linux.Tests;

public sealed class NetlinkConversationTests
{
    [Fact]
    public void A_request_brings_its_answers_and_then_success()
    {
        using var route = new NetlinkConversation(NetlinkProtocol.Route);
        byte[] request = new byte[100];
        int length = NetlinkSocketTests.WriteGetLoopback(request, 99);
        int answers = 0;
        route.Request(request.AsSpan(0, length), message =>
        {
            message.Type.ShouldBe((ushort)16);
            answers++;
        }).ShouldBe(new NetlinkResult(Errno.None));
        answers.ShouldBe(1);
        route.Request(request.AsSpan(0, length)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void A_dump_brings_all_its_parts()
    {
        using var route = new NetlinkConversation(NetlinkProtocol.Route);
        var names = new List<int>();
        route.Request(Dump(), message => names.Add(BitConverter.ToInt32(message.Payload[4..]))).Succeeded.ShouldBeTrue();
        names.ShouldContain(1);
    }

    [Fact]
    public void An_error_comes_back_as_the_result_with_the_kernels_words_if_it_has_any()
    {
        using var generic = new NetlinkConversation(NetlinkProtocol.Generic);
        NetlinkResult result = GenericNetlinkFamily.TryResolve(generic, "no_such_family", out GenericNetlinkFamily? family);
        result.Error.ShouldBe(Errno.NoEntry);
        result.ToString().ShouldBe("No such file or directory");
        family.ShouldBeNull();
    }

    [Fact]
    public void The_controller_finds_itself()
    {
        using var generic = new NetlinkConversation(NetlinkProtocol.Generic);
        GenericNetlinkFamily.TryResolve(generic, "nlctrl", out GenericNetlinkFamily? family).Succeeded.ShouldBeTrue();
        family.ShouldNotBeNull();
        family.Id.ShouldBe((ushort)16);
        family.Name.ShouldBe("nlctrl");
        family.Version.ShouldBe(2u);
        family.MulticastGroups["notify"].ShouldBe(16u);
    }

    [Fact]
    public void A_disposed_conversation_answers_with_an_error()
    {
        var route = new NetlinkConversation(NetlinkProtocol.Route);
        route.Dispose();
        route.Request(Dump()).Error.ShouldBe(Errno.BadDescriptor);
    }

    private static byte[] Dump()
    {
        byte[] request = new byte[100];
        var writer = new NetlinkWriter(request);
        int start = writer.BeginMessage(type: 18, NetlinkFlags.Request | NetlinkFlags.Dump, 0, 0);
        writer.PutRaw(new byte[16]);
        writer.EndMessage(start);
        return request[..writer.Length];
    }
}
