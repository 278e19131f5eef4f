using System.Buffers.Binary;
using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// Receives every frame that comes in on a network device (<c>AF_PACKET</c>), through a ring in memory shared with the
/// kernel (<c>TPACKET_V2</c>: the version that shows each frame at once; version 3 shows blocks of them when they are
/// full or a timer has run out). Frames that do not fit a slot of the ring, such as those that a host has left to the
/// device to cut, are taken from the socket's queue, in order. Used by one thread; what it throws it throws when opened.
/// </summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    /// <summary>A frame of an Ethernet MTU and what the kernel puts in front fit.</summary>
    private const int SlotLength = 2048;
    private const int SlotCount = 2048;
    private const int SlotsPerBlock = 32;
    private const int QueueBytes = 4 << 20;

    /// <summary>What a host may leave to its device to cut (<c>GSO_MAX_SIZE</c>).</summary>
    private const int LongestFrame = 512 << 10;
    private const int VlanTagLength = 4;
    private const int AddressesLength = 12;
    private const int Version2 = 1;
    private const ushort AllProtocols = 0x0003;
    private const ushort DefaultTpid = 0x8100;

    private const uint StatusKernel = 0;
    private const uint StatusUser = 1;
    private const uint StatusCopied = 2;
    private const uint StatusVlan = 0x10;
    private const uint StatusTpid = 0x40;

    private readonly SafeFileHandle _socket;
    private readonly NativeRegion _long = new(VlanTagLength + LongestFrame);
    private byte* _ring;
    private int _slot;
    private bool _holdsSlot;

    /// <summary>
    /// Opens a device by its index, and receives what is not for it too. Throws <see cref="Win32Exception"/>: EPERM without
    /// <c>CAP_NET_RAW</c>, ENODEV when there is no such device.
    /// </summary>
    public PacketSocket(int deviceIndex)
    {
        _socket = NativeSocket.Open(DeviceCalls.FamilyPacket, SocketCalls.TypeRaw, 0, "AF_PACKET");
        try
        {
            NativeSocket.Set(_socket, DeviceCalls.LevelPacket, DeviceCalls.PacketVersion, Version2);
            NativeSocket.Set(_socket, DeviceCalls.LevelPacket, DeviceCalls.PacketVirtioHeader, 1);
            NativeSocket.Set(_socket, DeviceCalls.LevelPacket, DeviceCalls.PacketAuxiliaryData, 1);
            NativeSocket.Set(_socket, DeviceCalls.LevelPacket, DeviceCalls.PacketIgnoreOutgoing, 1);
            NativeSocket.Set(_socket, DeviceCalls.LevelPacket, DeviceCalls.PacketCopyThreshold, 1);
            NativeSocket.SetBuffer(_socket, SocketCalls.ReceiveBufferForce, SocketCalls.ReceiveBuffer, QueueBytes);
            MapRing();
            Join(deviceIndex);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// The descriptor to poll: readable while frames wait, in error while the device is down; −1 after <see cref="Dispose"/>.
    /// </summary>
    public int Descriptor => NativeSocket.DescriptorOf(_socket);

    /// <summary>Takes the next frame; false when none waits. The frame before is given back by this.</summary>
    public bool TryReceive(out PacketFrame frame)
    {
        ReleaseSlot();
        frame = default;
        if (_ring == null)
            return false;
        byte* start = _ring + ((nint)_slot * SlotLength);
        var header = (DeviceCalls.RingSlotHeader*)start;
        uint status = Volatile.Read(ref header->Status);
        if ((status & StatusUser) == 0)
            return false;
        _holdsSlot = true;
        if ((status & StatusCopied) != 0)
        {
            frame = ReceiveLong();
            return true;
        }

        // The kernel says where; the offset is still kept inside the slot.
        int offset = header->MacOffset;
        int length = (int)Math.Min(header->CapturedLength, (uint)Math.Max(SlotLength - offset, 0));
        VirtioNetHeader offload = VirtioNetHeader.Read(new ReadOnlySpan<byte>(start + offset - VirtioNetHeader.Length,
            VirtioNetHeader.Length));
        bool isCut = header->Length > (uint)length;
        frame = Restore(start + offset, length, status, header->VlanTci, header->VlanTpid, offload, isCut);
        return true;
    }

    /// <summary>Frames lost since the last call because ring or queue were full.</summary>
    public uint TakeDropped()
    {
        uint* packetsAndDrops = stackalloc uint[2];
        int length = 2 * sizeof(uint);
        return _socket.IsClosed || SocketCalls.GetOption(_socket, DeviceCalls.LevelPacket, DeviceCalls.PacketStatistics, packetsAndDrops,
            &length) < 0 ? 0 : packetsAndDrops[1];
    }

    /// <summary>Takes away the error that makes the descriptor readable: ENETDOWN when the device went down or away.</summary>
    public Errno TakeError()
    {
        int error = 0;
        int length = sizeof(int);
        return _socket.IsClosed || SocketCalls.GetOption(_socket, SocketCalls.LevelSocket, DeviceCalls.SocketError, &error, &length) < 0
            ? Errno.BadDescriptor
            : (Errno)error;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ring != null)
            _ = Libc.MemoryUnmap((nint)_ring, SlotCount * SlotLength);
        _ring = null;
        _holdsSlot = false;
        _socket.Dispose();
        _long.Dispose();
    }

    private void MapRing()
    {
        var request = new DeviceCalls.RingRequest
        {
            BlockSize = SlotsPerBlock * SlotLength,
            BlockCount = SlotCount / SlotsPerBlock,
            FrameSize = SlotLength,
            FrameCount = SlotCount,
        };
        if (SocketCalls.SetOption(_socket, DeviceCalls.LevelPacket, DeviceCalls.PacketReceiveRing, &request,
            sizeof(DeviceCalls.RingRequest)) < 0)
            throw NativeSocket.Failure("PACKET_RX_RING");
        nint ring = DeviceCalls.MemoryMap(0, SlotCount * SlotLength, Libc.ProtRead | Libc.ProtWrite, DeviceCalls.MapShared, _socket, 0);
        if (ring == -1)
            throw NativeSocket.Failure("mmap of a packet ring");
        _ring = (byte*)ring;
    }

    private void Join(int deviceIndex)
    {
        var membership = new DeviceCalls.PacketMembership { Index = deviceIndex, Type = DeviceCalls.PacketPromiscuous };
        if (SocketCalls.SetOption(_socket, DeviceCalls.LevelPacket, DeviceCalls.PacketAddMembership, &membership,
            sizeof(DeviceCalls.PacketMembership)) < 0)
            throw NativeSocket.Failure("PACKET_ADD_MEMBERSHIP");
        var address = new DeviceCalls.LinkLayerAddress
        {
            Family = DeviceCalls.FamilyPacket,
            Protocol = BinaryPrimitives.ReverseEndianness(AllProtocols),
            Index = deviceIndex,
        };
        if (SocketCalls.Bind(_socket, &address, sizeof(DeviceCalls.LinkLayerAddress)) < 0)
            throw NativeSocket.Failure("bind to a device");
    }

    private void ReleaseSlot()
    {
        if (!_holdsSlot)
            return;
        _holdsSlot = false;
        Volatile.Write(ref ((DeviceCalls.RingSlotHeader*)(_ring + ((nint)_slot * SlotLength)))->Status, StatusKernel);
        _slot = (_slot + 1) % SlotCount;
    }

    /// <summary>
    /// The slot says that the whole frame is in the socket's queue: put there before the slot was handed over, in the order of the slots.
    /// </summary>
    private PacketFrame ReceiveLong()
    {
        byte* memory = _long.Address(0, _long.Length) + VlanTagLength;
        byte* offloadBytes = stackalloc byte[VirtioNetHeader.Length];
        byte* control = stackalloc byte[64];
        SocketCalls.IoVector* pieces = stackalloc SocketCalls.IoVector[2];
        pieces[0] = new SocketCalls.IoVector { Start = offloadBytes, Length = VirtioNetHeader.Length };
        pieces[1] = new SocketCalls.IoVector { Start = memory, Length = LongestFrame };
        var message = new SocketCalls.MessageHeader { Pieces = pieces, PieceCount = 2, Control = control, ControlLength = 64 };
        nint received = SocketCalls.Receive(_socket, &message, SocketCalls.MessageDontWait);
        if (received < VirtioNetHeader.Length)
            return new PacketFrame([], default, isCut: true);
        var auxiliary = default(DeviceCalls.AuxiliaryData);
        foreach (ControlMessage entry in new ControlMessages(new ReadOnlySpan<byte>(control, (int)message.ControlLength)))
        {
            if (entry.Level == DeviceCalls.LevelPacket && entry.Type == DeviceCalls.PacketAuxiliaryData)
                _ = System.Runtime.InteropServices.MemoryMarshal.TryRead(entry.Payload, out auxiliary);
        }

        VirtioNetHeader offload = VirtioNetHeader.Read(new ReadOnlySpan<byte>(offloadBytes, VirtioNetHeader.Length));
        bool isCut = (message.Flags & SocketCalls.MessageTruncated) != 0;
        return Restore(memory, (int)received - VirtioNetHeader.Length, auxiliary.Status, auxiliary.VlanTci, auxiliary.VlanTpid,
            offload, isCut);
    }

    /// <summary>Puts the VLAN tag back that the kernel keeps beside the frame; there are at least 4 bytes in front.</summary>
    private static PacketFrame Restore(byte* start, int length, uint status, ushort tci, ushort tpid, VirtioNetHeader offload, bool isCut)
    {
        if ((status & StatusVlan) == 0 || length < AddressesLength)
            return new PacketFrame(new Span<byte>(start, length), offload, isCut);
        var frame = new Span<byte>(start - VlanTagLength, length + VlanTagLength);
        frame.Slice(VlanTagLength, AddressesLength).CopyTo(frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame[AddressesLength..], (status & StatusTpid) != 0 ? tpid : DefaultTpid);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(AddressesLength + 2)..], tci);
        return new PacketFrame(frame, offload.MovedBy(VlanTagLength), isCut);
    }
}
