namespace UpcallActors.Pipeline;

/// <summary>A request that is ready to be sent: where its one or two pieces lie.</summary>
/// <param name="Batch">The batch whose memory it lies in.</param>
/// <param name="Offset">Where it starts: in the batch's slots for an EXECUTE, in its arena for a flow put.</param>
/// <param name="Length">Bytes from there, a multiple of 4.</param>
/// <param name="TailOffset">Where the second piece starts in the arena.</param>
/// <param name="TailLength">Bytes of the second piece, a multiple of 4; 0 for a flow put, which has none.</param>
internal readonly record struct DatapathRequest(UpcallBatch Batch, int Offset, int Length, int TailOffset, int TailLength)
{
    /// <summary>The most pieces a request has.</summary>
    public const int MaxPieces = 2;

    /// <summary>Whether it is an EXECUTE rather than a flow put.</summary>
    public bool IsExecute => TailLength != 0;

    /// <summary>Bytes of the whole message.</summary>
    public int TotalLength => Length + TailLength;
}
