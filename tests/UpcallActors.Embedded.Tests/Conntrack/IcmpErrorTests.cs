using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>ICMP errors are related to the connection of the packet that they quote.</summary>
public class IcmpErrorTests
{
    private const CtState Related = CtState.Tracked | CtState.Related;
    private const CtState RelatedReply = Related | CtState.Reply;
    private const CtState Invalid = CtState.Tracked | CtState.Invalid;
    private readonly CtSession _ct = new();

    [Theory]
    [InlineData("10.1.1.1", "10.1.1.2", "10.9.9.9", 3, 3)]
    [InlineData("10.1.1.1", "10.1.1.2", "10.9.9.9", 11, 0)]
    [InlineData("fc00::1", "fc00::2", "fc00::99", 1, 4)]
    [InlineData("fc00::1", "fc00::2", "fc00::99", 2, 0)]
    public void An_error_about_the_first_packet_is_a_related_reply(string from, string to, string router, byte type, byte code)
    {
        byte[] datagram = Frames.Udp(from, 1000, to, 2000);
        _ct.Commit(datagram, zone: 4);
        Tracked error = _ct.Send(Frames.IcmpError(router, from, type, code, datagram), zone: 4);

        error.State.ShouldBe(RelatedReply);
        error.Key.CtOrigProto.ShouldBe((byte)17);
        error.Key.CtOrigTpDst.ShouldBe((ushort)2000);
    }

    [Fact]
    public void An_error_about_an_answer_is_related()
    {
        byte[] request = Frames.Icmp("10.1.1.1", "10.1.1.2", 8, 0, 5);
        byte[] answer = Frames.Icmp("10.1.1.2", "10.1.1.1", 0, 0, 5);
        _ct.Commit(request);
        _ct.Send(answer);
        _ct.Send(Frames.IcmpError("10.1.1.1", "10.1.1.2", 3, 1, answer)).State.ShouldBe(Related);
    }

    [Fact]
    public void An_error_sent_to_somebody_else_is_invalid()
    {
        byte[] datagram = Frames.Udp("10.1.1.1", 1000, "10.1.1.2", 2000);
        _ct.Commit(datagram);
        _ct.Send(Frames.IcmpError("10.9.9.9", "10.1.1.7", 3, 3, datagram)).State.ShouldBe(Invalid);
    }

    [Fact]
    public void An_error_about_nothing_known_is_invalid()
    {
        byte[] datagram = Frames.Udp("10.1.1.1", 1000, "10.1.1.2", 2000);
        _ct.Send(Frames.IcmpError("10.9.9.9", "10.1.1.1", 3, 3, datagram)).State.ShouldBe(Invalid);
        _ct.Commit(datagram, zone: 1);
        _ct.Send(Frames.IcmpError("10.9.9.9", "10.1.1.1", 3, 3, datagram), zone: 2).State.ShouldBe(Invalid);
    }

    [Fact]
    public void A_quotation_may_end_behind_the_ports_but_not_before()
    {
        byte[] datagram = Frames.Udp("10.1.1.1", 1000, "10.1.1.2", 2000);
        _ct.Commit(datagram);
        for (int quoted = 0; quoted <= 28; quoted++)
        {
            CtState state = _ct.Send(Frames.IcmpError("10.9.9.9", "10.1.1.1", 3, 3, datagram, quoted)).State;
            state.ShouldBe(quoted < 24 ? Invalid : RelatedReply, $"{quoted} bytes quoted");
        }
    }

    [Fact]
    public void A_redirect_counts_only_from_the_link()
    {
        byte[] datagram = Frames.Udp("fc00::1", 1000, "fc00::2", 2000);
        _ct.Commit(datagram);
        byte[] option = [4, 8, 0, 0, 0, 0, 0, 0, .. datagram.AsSpan(Frames.NetworkOffset)];
        byte[] message = [137, 0, 0, 0, 0, 0, 0, 0, .. new byte[32], .. option];

        byte[] genuine = Frames.Ip("fe80::1", "fc00::1", 58, [.. message], 2);
        genuine[Frames.NetworkOffset + 7] = 255;
        byte[] routed = Frames.Ip("fe80::1", "fc00::1", 58, [.. message], 2);
        byte[] foreign = Frames.Ip("fc00::9", "fc00::1", 58, [.. message], 2);
        foreign[Frames.NetworkOffset + 7] = 255;

        _ct.Send(genuine).State.ShouldBe(RelatedReply);
        _ct.Send(routed).State.ShouldBe(Invalid);
        _ct.Send(foreign).State.ShouldBe(Invalid);
    }

    [Fact]
    public void Unknown_types_are_invalid() => _ct.Send(Frames.Icmp("10.1.1.1", "10.1.1.2", 19, 0, 0)).State.ShouldBe(Invalid);
}
