using System.Buffers.Binary;

namespace UpcallActors.Linux.Tests.Links;

public sealed class LinkTests
{
    [Fact]
    public void A_device_reads_as_the_kernel_describes_it()
    {
        Link veth = Parse(RecordedLinks.Veth);
        veth.Name.ShouldBe("v0");
        veth.Index.ShouldBe(13);
        veth.Mtu.ShouldBe(1500);
        veth.Kind.ShouldBe("veth");
        veth.MasterIndex.ShouldBe(14);
        veth.IsUp.ShouldBeTrue();
        veth.Tunnel.ShouldBeNull();
        veth.Address.ShouldBe(0x4e1a6846e260UL);
    }

    [Fact]
    public void Tunnels_with_metadata_are_told_from_others()
    {
        Parse(RecordedLinks.Vxlan).Tunnel.ShouldBe(new MetadataTunnel(MetadataTunnelKind.Vxlan, 4789));
        Parse(RecordedLinks.Vxlan).Mtu.ShouldBe(65000);
        Parse(RecordedLinks.Vxlan).IsUp.ShouldBeFalse();
        Parse(RecordedLinks.Geneve).Tunnel.ShouldBe(new MetadataTunnel(MetadataTunnelKind.Geneve, 6081));
        Parse(RecordedLinks.Gretap).Tunnel.ShouldBe(new MetadataTunnel(MetadataTunnelKind.Gretap, 0));
        Parse(RecordedLinks.Gretap).Kind.ShouldBe("gretap");
        Parse(RecordedLinks.PlainVxlan).Tunnel.ShouldBeNull();
        Parse(RecordedLinks.PlainVxlan).Kind.ShouldBe("vxlan");
    }

    [Theory]
    [InlineData("vxlan", 0, 1, 1, true)]
    [InlineData("vxlan", 1, 1, 1, false)]
    [InlineData("vxlan", 0, 0, 1, false)]
    [InlineData("vxlan", 0, 1, 0, false)]
    [InlineData("geneve", 0, 1, 1, false)]
    [InlineData(null, 0, 1, 1, false)]
    public void A_VXLAN_device_is_ours_if_it_learns_nothing_and_takes_packets_without_checksum(string? kind, byte learning, byte metadata,
        byte zeroChecksum, bool isOurs)
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.Put(3, "x"u8);
        int info = writer.BeginNest(18);
        if (kind is not null)
            writer.PutString(1, kind);
        int data = writer.BeginNest(2);
        writer.PutU8(7, learning);
        writer.PutU8(25, metadata);
        writer.PutU8(20, zeroChecksum);
        writer.PutU16BigEndian(15, 4790);
        writer.EndNest(data);
        writer.EndNest(info);
        Link link = Parse(Message(attributes: writer.Written.ToArray()));
        link.Kind.ShouldBe(kind);
        link.Tunnel.ShouldBe(isOurs ? new MetadataTunnel(MetadataTunnelKind.Vxlan, 4790) : null);
    }

    [Fact]
    public void A_deletion_reads_like_an_appearance()
    {
        byte[] message = [.. RecordedLinks.Veth];
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(NetlinkMessage.TypeOffset), LinkMessageType.Delete);
        Parse(message).Name.ShouldBe("v0");
    }

    [Fact]
    public void Another_type_of_message_is_refused()
    {
        byte[] message = [.. RecordedLinks.Veth];
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(NetlinkMessage.TypeOffset), LinkMessageType.Get);
        Error(message).ShouldBe(NetlinkParseError.UnexpectedType);
    }

    [Fact]
    public void What_is_missing_or_short_is_told()
    {
        Error(Message(header: 15)).ShouldBe(NetlinkParseError.FamilyHeaderTruncated);
        Error(Message()).ShouldBe(NetlinkParseError.AttributeMissing);
        Error(Message(attributes: [0, 0, 3, 0])).ShouldBe(NetlinkParseError.AttributeLengthBelowHeader);
        Error(Message(attributes: [5, 0, 3, 0, 0, 0, 0, 0])).ShouldBe(NetlinkParseError.AttributeMissing, "a name without letters");
        byte[] name = [6, 0, 3, 0, (byte)'x', 0, 0, 0];
        Error(Message(attributes: name)).ShouldBe(NetlinkParseError.None);
        Error(Message(attributes: [.. name, 6, 0, 4, 0, 1, 0, 0, 0])).ShouldBe(NetlinkParseError.AttributeSize, "an MTU of two bytes");
        Error(Message(attributes: [.. name, 6, 0, 10, 0, 1, 0, 0, 0])).ShouldBe(NetlinkParseError.AttributeSize, "a master of two bytes");
    }

    [Fact]
    public void An_MTU_beyond_a_number_is_as_large_as_one_gets() =>
        Parse(Message(attributes: [6, 0, 3, 0, (byte)'x', 0, 0, 0, 8, 0, 4, 0, 255, 255, 255, 255])).Mtu.ShouldBe(int.MaxValue);

    [Fact]
    public void An_address_that_is_none_of_Ethernet_is_left_out() =>
        Parse(Message(attributes: [6, 0, 3, 0, (byte)'x', 0, 0, 0, 8, 0, 1, 0, 1, 2, 3, 4])).Address.ShouldBe(0UL);

    [Fact]
    public void The_own_devices_of_this_machine_can_be_listed_and_found()
    {
        using var links = new HostLinks();
        links.List(out IReadOnlyList<Link> all).Succeeded.ShouldBeTrue();
        Link loopback = all.Single(link => (link.Flags & LinkFlags.Loopback) != 0);
        links.Find(loopback.Name, out Link? found).Succeeded.ShouldBeTrue();
        found!.Index.ShouldBe(loopback.Index);
        links.Find("no-such-device", out found).Succeeded.ShouldBeTrue();
        found.ShouldBeNull();
        links.Find(new string('x', 600), out found).Error.ShouldBe(Errno.Range);
    }

    private static Link Parse(byte[] bytes)
    {
        NetlinkMessage.TryRead(bytes, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        Link.TryParse(message, out Link? link).ShouldBe(NetlinkParseError.None);
        return link!;
    }

    private static NetlinkParseError Error(byte[] bytes)
    {
        NetlinkMessage.TryRead(bytes, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        NetlinkParseError error = Link.TryParse(message, out Link? link);
        (link is null).ShouldBe(error != NetlinkParseError.None);
        return error;
    }

    private static byte[] Message(int header = 16, params byte[] attributes)
    {
        byte[] bytes = new byte[NetlinkMessage.HeaderLength + header + attributes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(NetlinkMessage.TypeOffset), LinkMessageType.New);
        attributes.CopyTo(bytes, NetlinkMessage.HeaderLength + header);
        return bytes;
    }
}
