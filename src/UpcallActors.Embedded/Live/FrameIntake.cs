using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// The way of frames from devices into a datapath: gathers them, with what their senders
/// left to the device done, and hands them over a batch at a time. Used by one thread.
/// </summary>
internal sealed class FrameIntake(EmbeddedDatapath datapath)
{
    private readonly FrameBatch _batch = new();

    /// <summary>Takes a frame that a packet socket received on a port.</summary>
    public void Add(EmbeddedPort port, in PacketFrame frame)
    {
        if (frame.IsCut)
            port.CountReceiveError(DropReason.FrameCut);
        else if (!TryAdd(port, frame.Bytes, frame.Offload))
            port.CountReceiveError(DropReason.OffloadMalformed);
    }

    /// <summary>Room for a frame of at most that length, to be committed to the batch; empty if there is no such long batch.</summary>
    public Span<byte> Reserve(int length)
    {
        Span<byte> room = _batch.Reserve(length);
        if (!room.IsEmpty)
            return room;
        Submit();
        return _batch.Reserve(length);
    }

    /// <summary>Where frames written into reserved room are added.</summary>
    public FrameBatch Batch => _batch;

    /// <summary>Hands over what was gathered.</summary>
    public void Submit()
    {
        if (_batch.Count == 0)
            return;
        try
        {
            datapath.Receive(_batch);
        }
        finally
        {
            // Not once more what it has failed over.
            _batch.Clear();
        }
    }

    private bool TryAdd(EmbeddedPort port, Span<byte> frame, in VirtioNetHeader offload)
    {
        if (offload.Segmentation != VirtioNetHeader.Whole)
            return TryAddSegments(port, frame, offload);
        if (ChecksumCompletion.Complete(frame, offload) != OffloadError.None)
            return false;
        if (frame.Length > PacketBuffer.MaximumLength)
        {
            port.CountReceiveError(DropReason.FrameTooLong);
            return true;
        }

        Span<byte> room = Reserve(frame.Length);
        frame.CopyTo(room);
        _batch.Commit(port.Number, frame.Length);
        return true;
    }

    private bool TryAddSegments(EmbeddedPort port, Span<byte> frame, in VirtioNetHeader offload)
    {
        Span<byte> plain = JumboHeader.Remove(frame);
        if (Segmentation.TryCreate(plain, offload.MovedBy(plain.Length - frame.Length), out Segmentation segments) != OffloadError.None)
            return false;
        while (segments.TryNext(Reserve(segments.LongestSegment), out int length))
            _batch.Commit(port.Number, length);
        return true;
    }
}
