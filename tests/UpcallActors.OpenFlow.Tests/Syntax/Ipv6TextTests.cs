using System.Net;
using System.Net.Sockets;
using FsCheck.Xunit;

namespace UpcallActors.OpenFlow.Tests;

public class Ipv6TextTests
{
    // Right: what inet_ntop prints.
    [Theory]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("1:0:0:2:0:0:0:3", "1:0:0:2::3")]
    [InlineData("1:0:0:2:0:0:3:4", "1::2:0:0:3:4")]
    [InlineData("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7")]
    [InlineData("::ffff:10.0.0.1", "::ffff:10.0.0.1")]
    [InlineData("::10.0.0.1", "::10.0.0.1")]
    [InlineData("::0.0.255.255", "::ffff")]
    [InlineData("fe80::5efe:a00:1", "fe80::5efe:a00:1")]
    [InlineData("FE80:0::ABCD", "fe80::abcd")]
    public void An_address_is_printed_as_inet_ntop_does(string text, string printed) => Print(text).ShouldBe(printed);

    [Property(MaxTest = 1000)]
    public void What_is_printed_is_the_same_address(ulong high, ulong low, ushort zeroGroups)
    {
        UInt128 address = new(high, low);
        for (int group = 0; group < 8; group++)
        {
            if ((zeroGroups & (1 << group)) != 0)
                address &= ~((UInt128)ushort.MaxValue << (16 * group));
        }
        byte[] bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        string printed = Print(new IPAddress(bytes).ToString());

        IPAddress parsed = IPAddress.Parse(printed);
        parsed.AddressFamily.ShouldBe(AddressFamily.InterNetworkV6);
        parsed.GetAddressBytes().ShouldBe(bytes);
    }

    private static string Print(string address) =>
        FlowSyntax.ParseFlow($"ipv6,ipv6_src={address} actions=drop").Match.ToString()["ipv6,ipv6_src=".Length..];
}
