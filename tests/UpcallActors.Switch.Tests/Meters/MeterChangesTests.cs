using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

public sealed class MeterChangesTests : IDisposable
{
    private const ushort Add = 0;
    private const ushort Modify = 1;
    private const ushort Delete = 2;
    private const ushort Kilobits = 1;
    private const ushort Packets = 2;
    private const ushort Burst = 4;

    private readonly EmbeddedDatapath _datapath = new(new EmbeddedDatapathOptions());
    private readonly DatapathMeters _meters;
    private readonly FlowTables _tables = new();
    private readonly MeterChanges _changes;

    public MeterChangesTests()
    {
        _meters = new DatapathMeters(_datapath);
        _changes = new MeterChanges(new Lazy<DatapathMeters>(_meters), _tables);
    }

    [Fact]
    public void A_meter_is_added_once_and_only_then_modified()
    {
        Assert.Null(Make(Add, 1));
        Assert.Same(MeterModFailed.MeterExists, Make(Add, 1));
        Assert.Null(Make(Modify, 1));
        Assert.Same(MeterModFailed.UnknownMeter, Make(Modify, 2));
        Assert.Null(Make(Delete, 77));
    }

    [Theory]
    [InlineData(0u, 1, 100u, "OFPMMFC_INVALID_METER")]
    [InlineData(0xffff0001u, 1, 100u, "OFPMMFC_INVALID_METER")]
    [InlineData(5u, 0, 100u, "OFPMMFC_OUT_OF_BANDS")]
    [InlineData(5u, 2, 100u, "OFPMMFC_OUT_OF_BANDS")]
    [InlineData(5u, 1, 0u, "OFPMMFC_BAD_RATE")]
    public void What_cannot_be_a_meter_is_refused(uint id, int bands, uint rate, string error)
    {
        OpenFlowMeterBand[] given = [.. Enumerable.Repeat(new OpenFlowMeterBand(1, rate, 0, 0), bands)];

        OpenFlowError? refused = _changes.Make(new MeterModMessage(Add, Kilobits, id, [.. given]), default);

        Assert.Equal(error, refused?.Name);
        Assert.Empty(_tables.Meters.All);
    }

    [Fact]
    public void A_band_that_raises_the_drop_precedence_is_refused() => Assert.Same(
        MeterModFailed.BadBand, _changes.Make(new MeterModMessage(Add, Kilobits, 3, [new OpenFlowMeterBand(2, 1, 0, 1)]), default));

    [Fact]
    public void Whether_a_meter_is_there_is_told_before_what_is_wrong_with_its_bands()
    {
        Assert.Same(MeterModFailed.UnknownMeter, Make(Modify, 3, rate: 0));
        Assert.Null(Make(Add, 3));
        Assert.Same(MeterModFailed.MeterExists, Make(Add, 3, rate: 0));
        Assert.Same(MeterModFailed.BadRate, Make(Modify, 3, rate: 0));
    }

    [Theory]
    [InlineData(BridgeMeters.Slowpath)]
    [InlineData(BridgeMeters.Controller)]
    public void Packets_that_come_up_have_meters_of_their_own(uint id)
    {
        Assert.Null(Make(Add, id));
        Assert.NotNull(_tables.Meters.Find(id));
    }

    [Fact]
    public void The_lowest_number_that_is_free_in_the_datapath_is_taken_and_kept()
    {
        Assert.Null(Make(Add, 10));
        Assert.Null(Make(Add, 20));
        Assert.Null(Make(Add, 30));
        Assert.Null(Make(Modify, 20));
        Assert.Equal([0u, 1u, 2u], _tables.Meters.All.Select(meter => meter.DatapathId));

        Assert.Null(Make(Delete, 20));
        Assert.Null(Make(Add, 40));
        Assert.Null(Make(Add, 50));

        Assert.Equal([(10u, 0u), (30u, 2u), (40u, 1u), (50u, 3u)], _tables.Meters.All.Select(meter => (meter.Id, meter.DatapathId)));
    }

    [Fact]
    public void A_burst_that_is_not_given_is_the_rate()
    {
        Assert.Null(Make(Add, 1, Packets, rate: 200, burst: 5));
        Assert.Null(Make(Add, 2, Kilobits | Burst, rate: 100, burst: 10));

        Assert.Equal([200u, 10u], _tables.Meters.All.Select(meter => meter.Bands[0].Burst));
    }

    [Fact]
    public void Deleted_meters_are_gone_from_the_datapath_and_take_along_the_flows_that_name_them()
    {
        Assert.Null(Make(Add, 1));
        Assert.Null(Make(Add, 2));
        _tables.Apply(FlowSyntax.ParseFlow("in_port=1,actions=meter:1,2"), FlowSyntax.ParseFlow("in_port=2,actions=meter:2,1"));
        Meter first = _tables.Meters.Find(1)!;
        Assert.NotNull(_meters.Get(first.DatapathId));
        Assert.Equal(1u, _changes.StatisticsOf(first).Flows);

        Assert.Null(Make(Delete, 1));
        Assert.Equal(1, _tables.RuleCount);
        Assert.Null(_meters.Get(first.DatapathId));

        Assert.Null(Make(Delete, MeterChanges.AllMeters));
        Assert.Equal(0, _tables.RuleCount);
        Assert.Empty(_tables.Meters.All);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _datapath.Dispose();
    }

    private OpenFlowError? Make(ushort command, uint id, ushort flags = Kilobits, uint rate = 100, uint burst = 0) => _changes.Make(
        new MeterModMessage(command, flags, id, command == Delete ? [] : [new OpenFlowMeterBand(1, rate, burst, 0)]), default);
}
