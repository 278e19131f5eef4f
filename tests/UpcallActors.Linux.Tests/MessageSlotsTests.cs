namespace UpcallActors.Linux.Tests;

public sealed class MessageSlotsTests
{
    [Fact]
    public void A_slot_takes_the_longest_upcall_seen_and_the_stride_is_no_power_of_two()
    {
        MessageSlots.Stride.ShouldBeGreaterThan(65_840);
        int.PopCount(MessageSlots.Stride).ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Slots_do_not_overlap()
    {
        using var slots = new MessageSlots(3);
        for (int slot = 0; slot < slots.Count; slot++)
            slots.Slot(slot).Fill((byte)(slot + 1));
        for (int slot = 0; slot < slots.Count; slot++)
            slots.Slot(slot).IndexOfAnyExcept((byte)(slot + 1)).ShouldBe(-1);
    }

    [Fact]
    public void A_message_is_as_long_as_was_received()
    {
        using var slots = new MessageSlots(2);
        slots.Message(1).IsEmpty.ShouldBeTrue();
        slots.Slot(1)[..3].Fill(7);
        slots.SetReceived(1, 3, truncated: true);
        slots.Message(1).ToArray().ShouldBe([7, 7, 7]);
        slots.IsTruncated(1).ShouldBeTrue();
        slots.IsTruncated(0).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(MessageSlots.Stride + 1)]
    public void A_length_that_no_slot_has_is_refused(int length)
    {
        using var slots = new MessageSlots(1);
        Should.Throw<ArgumentOutOfRangeException>(() => slots.SetReceived(0, length, truncated: false));
    }

    [Fact]
    public void Memory_that_was_given_back_cannot_be_reached()
    {
        var slots = new MessageSlots(1);
        slots.Dispose();
        Should.Throw<ArgumentOutOfRangeException>(() => slots.Slot(0).Clear());
        slots.Dispose();
    }

    [Theory]
    [InlineData(0, 4097)]
    [InlineData(4096, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, -1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_region_gives_out_nothing_that_is_not_its_own(int offset, int length)
    {
        using var region = new NativeRegion(4096);
        Should.Throw<ArgumentOutOfRangeException>(() => region.Slice(offset, length).Clear());
    }
}
