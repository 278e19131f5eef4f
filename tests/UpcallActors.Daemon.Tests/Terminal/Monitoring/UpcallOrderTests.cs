using UpcallActors.Daemon.Control.Commands;
using UpcallActors.Daemon.Terminal.Monitoring;

namespace UpcallActors.Daemon.Tests.Terminal.Monitoring;

public sealed class UpcallOrderTests
{
    private readonly List<int> _written = [];
    private readonly UpcallOrder _order;

    public UpcallOrderTests() => _order = new UpcallOrder(upcall =>
    {
        _written.Add(upcall.Mru);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Upcalls_of_several_lanes_are_written_by_their_times_and_equal_ones_as_they_came()
    {
        await _order.AddAsync([At(50, 1), At(10, 2), At(50, 3)]);
        _written.ShouldBeEmpty();
        await _order.AddAsync([At(20, 4), At(130, 5)]);
        _written.ShouldBe([2, 4]);
        await _order.WriteAllAsync();
        _written.ShouldBe([2, 4, 1, 3, 5]);
    }

    [Fact]
    public async Task One_that_comes_too_late_for_its_place_is_written_all_the_same()
    {
        await _order.AddAsync([At(1000, 1)]);
        await _order.WriteAllAsync();
        await _order.AddAsync([At(10, 2)]);
        _written.ShouldBe([1, 2]);
    }

    private static UpcallLine At(int milliseconds, int name) => new()
    {
        Number = 0,
        Time = DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds),
        Lane = 0,
        Class = "miss",
        InPort = "p1",
        Key = "",
        Mru = (ushort)name,
        ClampedMru = 0,
        PacketLength = 60,
        FlowPut = false,
        Duplicate = false,
        Errno = 0,
        FlowPutErrno = 0,
        LatencySeconds = 0,
    };
}
