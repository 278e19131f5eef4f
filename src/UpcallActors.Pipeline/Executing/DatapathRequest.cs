using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Pipeline;

/// <summary>A request that is ready to be sent: where its one or two pieces lie.</summary>
/// <param name="Batch">The batch whose memory it lies in.</param>
/// <param name="Upcall">Whose request it is.</param>
/// <param name="Offset">Where it starts: in the batch's slots for an EXECUTE, in its arena for a flow put.</param>
/// <param name="Length">Bytes from there, a multiple of 4.</param>
/// <param name="TailOffset">Where the second piece starts in the arena.</param>
/// <param name="TailLength">Bytes of the second piece, a multiple of 4; 0 for a flow put, which has none.</param>
internal readonly record struct DatapathRequest(UpcallBatch Batch, int Upcall, int Offset, int Length, int TailOffset, int TailLength)
{
    /// <summary>The most pieces a request has.</summary>
    public const int MaxPieces = 2;

    /// <summary>Whether it is an EXECUTE rather than a flow put.</summary>
    public bool IsExecute => TailLength != 0;

    /// <summary>The number that an answer to it has; read from the message itself.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(
        (IsExecute ? Batch.Slots.Region : Batch.Arena).Slice(Offset + NetlinkMessage.SequenceOffset, sizeof(uint)));

    /// <summary>Bytes of the whole message.</summary>
    public int TotalLength => Length + TailLength;
}
