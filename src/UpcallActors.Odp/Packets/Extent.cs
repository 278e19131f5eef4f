namespace UpcallActors.Odp;

/// <summary>A piece of a message: where it starts from the message's first byte, and how long it is. Offset 0 means absent.</summary>
internal readonly record struct Extent(int Offset, int Length)
{
    /// <summary>Whether the message has the piece.</summary>
    public bool IsPresent => Offset != 0;

    /// <summary>The piece itself.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message) => message.Slice(Offset, Length);
}
