namespace UpcallActors.Linux.Tests;

public sealed class SendVectorTests
{
    [Fact]
    public void Pieces_are_held_in_order_and_without_copying()
    {
        using var region = new NativeRegion(64);
        region.Slice(0, 64).Fill(1);
        var vector = new SendVector(3);
        vector.Append(region, 0, 4);
        vector.Append(region, 60, 4);
        region.Slice(60, 4).Fill(9);
        vector.Count.ShouldBe(2);
        vector.Free.ShouldBe(1);
        vector.TotalLength.ShouldBe(8);
        vector[0].ToArray().ShouldBe([1, 1, 1, 1]);
        vector[1].ToArray().ShouldBe([9, 9, 9, 9]);
    }

    [Fact]
    public void A_piece_outside_its_region_is_refused_and_changes_nothing()
    {
        using var region = new NativeRegion(64);
        var vector = new SendVector(2);
        Should.Throw<ArgumentOutOfRangeException>(() => vector.Append(region, 60, 5));
        vector.Count.ShouldBe(0);
        vector.TotalLength.ShouldBe(0);
    }

    [Fact]
    public void A_full_vector_takes_no_more()
    {
        using var region = new NativeRegion(64);
        var vector = new SendVector(1);
        vector.Append(region, 0, 4);
        vector.Free.ShouldBe(0);
        Should.Throw<IndexOutOfRangeException>(() => vector.Append(region, 0, 4));
        vector.Count.ShouldBe(1);
    }

    [Fact]
    public void A_piece_of_a_region_that_is_gone_cannot_be_read()
    {
        var region = new NativeRegion(64);
        var vector = new SendVector(1);
        vector.Append(region, 0, 4);
        region.Dispose();
        Should.Throw<ObjectDisposedException>(() => vector[0].Length);
        Should.Throw<ArgumentOutOfRangeException>(() => new SendVector(1).Append(region, 0, 4));
    }

    [Fact]
    public void A_cleared_vector_is_empty_again()
    {
        using var region = new NativeRegion(64);
        var vector = new SendVector(1);
        vector.Append(region, 0, 4);
        vector.Clear();
        vector.Count.ShouldBe(0);
        vector.TotalLength.ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => vector[0].Length);
    }
}
