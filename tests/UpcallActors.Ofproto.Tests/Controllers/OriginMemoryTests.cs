using UpcallActors.Odp;

namespace UpcallActors.Ofproto.Tests;

public class OriginMemoryTests
{
    private readonly ManualTime _time = new();
    private readonly OriginMemory _memory;

    public OriginMemoryTests() => _memory = new OriginMemory(_time);

    [Fact]
    public void A_packet_is_known_by_its_bytes_for_some_seconds()
    {
        _memory.Remember([1, 2, 3], new PacketOrigin(1500, 7, 0));
        _memory.Recall([1, 2, 3]).ShouldBe(new PacketOrigin(1500, 7, 0));
        _memory.Recall([1, 2, 3]).Mru.ShouldBe((ushort)1500, "a controller may send it to several ports");
        _memory.Recall([1, 2, 4]).ShouldBe(default);
        _memory.Recall([1, 2]).ShouldBe(default);
        _time.Advance(OriginMemory.Lifetime + TimeSpan.FromSeconds(1));
        _memory.Recall([1, 2, 3]).ShouldBe(default);
    }

    [Fact]
    public void One_that_comes_again_is_as_young_as_the_last_time()
    {
        _memory.Remember([1], new PacketOrigin(1500, 0, 0));
        _time.Advance(OriginMemory.Lifetime - TimeSpan.FromSeconds(1));
        _memory.Remember([1], new PacketOrigin(1400, 0, 0));
        _time.Advance(TimeSpan.FromSeconds(2));
        _memory.Remember([2], new PacketOrigin(1300, 0, 0));
        _memory.Recall([1]).Mru.ShouldBe((ushort)1400);
    }

    [Fact]
    public void There_are_no_more_than_the_bound_and_the_oldest_goes_first()
    {
        for (int i = 0; i < OriginMemory.Capacity + 10; i++)
            _memory.Remember(BitConverter.GetBytes(i), new PacketOrigin(1500, 0, 0));
        _memory.Count.ShouldBe(OriginMemory.Capacity);
        _memory.Recall(BitConverter.GetBytes(9)).ShouldBe(default);
        _memory.Recall(BitConverter.GetBytes(10)).Mru.ShouldBe((ushort)1500);
    }
}
