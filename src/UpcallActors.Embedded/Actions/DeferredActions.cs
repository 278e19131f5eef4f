using System.Diagnostics.CodeAnalysis;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Actions put off because they nest too deeply to be carried out at once (<c>struct action_fifo</c>). The kernel's has
/// 10 places of which it uses 9 for one packet, and so has this one.
/// </summary>
internal sealed class DeferredActions
{
    /// <summary><c>DEFERRED_ACTION_FIFO_SIZE</c>.</summary>
    private const int Size = 10;

    private readonly Entry[] _entries = new Entry[Size];
    private int _head;
    private int _tail;

    /// <summary>
    /// Puts actions off; false without a place. The packet becomes the queue's until it is taken. Default actions stand
    /// for recirculation.
    /// </summary>
    public bool TryAdd(PacketBuffer packet, in FlowKey key, ActionSlice actions)
    {
        if (_head >= Size - 1)
            return false;
        _entries[_head++] = new Entry { Packet = packet, Key = key, Actions = actions };
        return true;
    }

    /// <summary>Takes the oldest; the places are free again once all are taken.</summary>
    public bool TryTake([NotNullWhen(true)] out PacketBuffer? packet, out FlowKey key, out ActionSlice actions)
    {
        if (_tail == _head)
        {
            _head = 0;
            _tail = 0;
            packet = null;
            key = default;
            actions = default;
            return false;
        }

        ref Entry entry = ref _entries[_tail++];
        packet = entry.Packet;
        key = entry.Key;
        actions = entry.Actions;
        entry = default;
        return packet is not null;
    }

    /// <summary>Forgets what was put off; the packets are left to the garbage collector.</summary>
    public void Clear()
    {
        if (_head == 0)
            return;
        Array.Clear(_entries);
        _head = 0;
        _tail = 0;
    }

    private struct Entry
    {
        public PacketBuffer? Packet;
        public FlowKey Key;
        public ActionSlice Actions;
    }
}
