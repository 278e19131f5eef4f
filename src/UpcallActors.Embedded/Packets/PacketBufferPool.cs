namespace UpcallActors.Embedded;

/// <summary>Packet buffers of one datapath, used again and again; used under the datapath's lock.</summary>
internal sealed class PacketBufferPool
{
    private readonly Stack<PacketBuffer> _free = new();

    /// <summary>Takes a buffer whose content is undefined.</summary>
    public PacketBuffer Acquire() => _free.TryPop(out PacketBuffer? buffer) ? buffer : new PacketBuffer();

    /// <summary>Takes a buffer that holds a copy of a packet.</summary>
    public PacketBuffer Copy(PacketBuffer packet)
    {
        PacketBuffer copy = Acquire();
        copy.CopyFrom(packet);
        return copy;
    }

    /// <summary>Gives a buffer back.</summary>
    public void Release(PacketBuffer buffer) => _free.Push(buffer);
}
