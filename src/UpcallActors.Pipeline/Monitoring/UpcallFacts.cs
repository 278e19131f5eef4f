using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>What there is to tell of an upcall that is done with, beside its bytes.</summary>
internal struct UpcallFacts
{
    /// <summary>When its batch was received, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long ReceivedAt;

    /// <summary>When its requests had been handled, in the same ticks.</summary>
    public long HandledAt;

    public uint DatapathPort;
    public int PacketLength;
    public ushort Mru;
    public ushort ClampedMru;
    public Errno ExecuteError;
    public Errno FlowPutError;
    public UpcallClass Class;
    public XlateError Error;
    public bool FlowPut;
    public bool IsDuplicate;

    /// <summary>Those of an upcall of a batch.</summary>
    public static UpcallFacts Of(UpcallBatch batch, int index, long handledAt)
    {
        ref UpcallRecord record = ref batch.Record(index);
        bool bad = record.Class == UpcallClass.Bad;
        return new UpcallFacts
        {
            ReceivedAt = batch.ReceivedAt,
            HandledAt = handledAt,
            DatapathPort = bad ? 0 : batch.Key(index).DatapathPort,
            PacketLength = bad ? 0 : record.Message.Packet.Of(batch.Slots.Message(index)).Length,
            Mru = bad ? (ushort)0 : record.Message.Origin.Mru,
            ClampedMru = record.ClampsMru ? record.Translation.MruLimit : (ushort)0,
            ExecuteError = record.ExecuteError,
            FlowPutError = record.FlowPutError,
            Class = record.Class,
            Error = record.Translation.Error,
            FlowPut = record.Flow is FlowFate.Put or FlowFate.Exists,
            IsDuplicate = batch.SharedFrom(index) != UpcallRecord.None,
        };
    }
}
