using UpcallActors.Linux;

namespace UpcallActors.Odp.Tests;

/// <summary>Messages that the recordings have too few of, or none: what was written is what is read.</summary>
public sealed class ControlMessageTests
{
    internal static readonly MeterMessage Meter = new()
    {
        Command = OvsMeterCommand.Set,
        DatapathIfIndex = 3,
        Id = 7,
        Kbps = true,
        Stats = (10, 2000),
        Used = 123456,
        Clear = true,
        MaxMeters = 65535,
        MaxBands = 1,
        Bands = [new MeterBand(1, 1000, 100, 5, 600), new MeterBand(1, 2000, 0, 0, 0)],
    };

    internal static readonly CtLimitMessage Limits = new()
    {
        Command = OvsCtLimitCommand.Set,
        Limits = [new CtZoneLimit(-1, 100, 0), new CtZoneLimit(9, 5, 3)],
    };

    [Fact]
    public void A_meter_message_is_read_as_written()
    {
        MeterMessage.TryParse(Write(Meter), out MeterMessage? read).ShouldBe(OdpParseError.None);
        read.ShouldNotBeNull().Bands.ShouldBe(Meter.Bands);
        (read with { Bands = null }).ShouldBe(Meter with { Bands = null });
    }

    [Fact]
    public void A_ct_limit_message_is_read_as_written()
    {
        CtLimitMessage.TryParse(Write(Limits), out CtLimitMessage? read).ShouldBe(OdpParseError.None);
        read.ShouldNotBeNull().Limits.ShouldBe(Limits.Limits);
        CtLimitMessage.TryParse(Write(new CtLimitMessage { Command = OvsCtLimitCommand.Get }), out read).ShouldBe(OdpParseError.None);
        read.ShouldNotBeNull().Limits.ShouldBeNull();
    }

    [Fact]
    public void A_zone_list_of_odd_length_is_refused()
    {
        var writer = new NetlinkWriter(new byte[128]);
        int start = OvsHeader.Begin(ref writer, 40, NetlinkFlags.None, 1, OvsCtLimitCommand.Get, OvsFamilyVersion.CtLimit, 0);
        writer.PutReserved(OvsCtLimitAttribute.ZoneLimit, 13);
        writer.EndMessage(start);
        CtLimitMessage.TryParse(writer.Written, out _).ShouldBe(OdpParseError.AttributeSize);
    }

    [Theory]
    [InlineData(OvsDatapathAttribute.Stats)]
    [InlineData(OvsDatapathAttribute.MegaflowStats)]
    public void Counters_cut_short_are_refused_and_not_taken_for_zeros(int attribute)
    {
        var writer = new NetlinkWriter(new byte[128]);
        int start = OvsHeader.Begin(ref writer, 40, NetlinkFlags.None, 1, OvsCommand.New, OvsFamilyVersion.Datapath, 3);
        writer.PutReserved((ushort)attribute, DatapathStats.Length - 8);
        writer.EndMessage(start);
        DatapathMessage.TryParse(writer.Written, out _).ShouldBe(OdpParseError.AttributeSize);
    }

    [Fact]
    public void A_datapath_request_is_read_as_written()
    {
        var request = new DatapathMessage
        {
            Command = OvsCommand.Set,
            IfIndex = 3,
            Name = "ovs-system",
            UpcallPid = 0,
            UserFeatures = OvsDatapathFeatures.Unaligned | OvsDatapathFeatures.DispatchUpcallPerCpu,
            PerCpuPids = [11, 22, 33],
        };
        var writer = new NetlinkWriter(new byte[256]);
        request.Write(ref writer, 32, NetlinkFlags.Request, 1);
        DatapathMessage.TryParse(writer.Written, out DatapathMessage? read).ShouldBe(OdpParseError.None);
        read.ShouldNotBeNull().PerCpuPids.ShouldBe(request.PerCpuPids);
        (read with { PerCpuPids = request.PerCpuPids }).ShouldBe(request);
    }

    [Fact]
    public void A_vport_is_read_as_written_with_its_tunnel_port()
    {
        var options = new NetlinkWriter(new byte[64]);
        options.PutU16(OvsTunnelAttribute.DstPort, 4789);
        var vport = new VportMessage
        {
            Command = OvsCommand.New,
            DatapathIfIndex = 3,
            PortNo = 4,
            Type = OvsVportType.Vxlan,
            Name = "vxlan_sys_4789",
            IfIndex = 12,
            NetnsId = -2,
            UpcallPids = [5, 6],
            Stats = new VportStats(1, 2, 3, 4, 5, 6, 7, 8),
            UpcallStats = (9, 10),
            Options = options.Written.ToArray(),
        };
        var writer = new NetlinkWriter(new byte[512]);
        vport.Write(ref writer, 33, NetlinkFlags.None, 1);
        VportMessage.TryParse(writer.Written, out VportMessage? read).ShouldBe(OdpParseError.None);
        read.ShouldNotBeNull().TunnelDstPort.ShouldBe((ushort)4789);
        read.UpcallPids.ShouldBe(vport.UpcallPids);
        (read with { UpcallPids = vport.UpcallPids, Options = vport.Options }).ShouldBe(vport);
    }

    [Fact]
    public void A_hash_becomes_a_version_4_id()
    {
        Ufid ufid = Ufid.OfHash(UInt128.MaxValue);
        ufid.ToString().ShouldBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
        Ufid.OfHash(UInt128.Zero).ToString().ShouldBe("00000000-0000-4000-8000-000000000000");
        Ufid.TryParse(ufid.ToString(), out Ufid parsed).ShouldBeTrue();
        parsed.ShouldBe(ufid);
        Ufid.TryParse("ffffffff-ffff-4fff-bfff-fffffffffff", out _).ShouldBeFalse();
    }

    internal static byte[] Write(MeterMessage meter)
    {
        var writer = new NetlinkWriter(new byte[512]);
        meter.Write(ref writer, 36, NetlinkFlags.Request, 1);
        return writer.Written.ToArray();
    }

    internal static byte[] Write(CtLimitMessage limits)
    {
        var writer = new NetlinkWriter(new byte[512]);
        limits.Write(ref writer, 37, NetlinkFlags.Request, 1);
        return writer.Written.ToArray();
    }
}
