using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// A packet on its way through the datapath: what <c>sk_buff</c> and <c>ovs_skb_cb</c> hold of it in the kernel. The outer VLAN tag is kept
/// beside the bytes, as the kernel keeps it: lengths and MTU comparisons leave it out. Belongs to one <see cref="PacketBufferPool"/>; the
/// code that acquired it releases it.
/// </summary>
internal sealed class PacketBuffer
{
    /// <summary>The longest frame held: what a Netlink attribute can carry, and some room for tags.</summary>
    public const int MaximumLength = 65_536 + 64;

    /// <summary>No truncation asked for (<c>U32_MAX</c> in <c>ovs_skb_cb.cutlen</c>).</summary>
    public const uint NoCut = uint.MaxValue;

    /// <summary>Bytes of a VLAN tag.</summary>
    public const int VlanTagLength = 4;

    /// <summary>Bytes of an Ethernet header (<c>ETH_HLEN</c>).</summary>
    public const int EthernetHeaderLength = 14;

    private const int AddressesLength = 12;
    private const int Headroom = 128;

    private readonly byte[] _bytes = new byte[Headroom + MaximumLength];
    private int _start = Headroom;
    private FlowKey _tunnel;

    /// <summary>Bytes of the frame without its outer VLAN tag (<c>skb-&gt;len</c>).</summary>
    public int Length { get; private set; }

    /// <summary>The outer tag's TPID; 0 without a tag.</summary>
    public ushort VlanTpid { get; private set; }

    /// <summary>The outer tag's TCI as on the wire.</summary>
    public ushort VlanTci { get; private set; }

    /// <summary>Where the parts of the frame start, as of the last extraction.</summary>
    public PacketLayout Layout { get; set; }

    /// <summary>Largest fragment of a reassembled packet, 0 for one that was not.</summary>
    public ushort Mru { get; set; }

    /// <summary>The packet's hash with its flag bits, 0 when not computed.</summary>
    public ulong Hash { get; set; }

    /// <summary>Length to cut to at the next output (<see cref="NoCut"/>: none).</summary>
    public uint CutLength { get; set; }

    /// <summary>The handler that recirculated upcalls go to (<c>OVS_PACKET_ATTR_UPCALL_PID</c>), −1 for no wish.</summary>
    public int UpcallHandler { get; set; }

    /// <summary>
    /// Whether a <c>set(tunnel(…))</c> was carried out on the packet (<c>skb_tunnel_info</c> with <c>IP_TUNNEL_INFO_TX</c>).
    /// </summary>
    public bool HasTunnel { get; private set; }

    /// <summary>A key whose tunnel fields say where the next output to a tunnel port leads; of <see cref="HasTunnel"/> only.</summary>
    public ref readonly FlowKey Tunnel => ref _tunnel;

    /// <summary>The frame without its outer tag.</summary>
    public Span<byte> Frame => _bytes.AsSpan(_start, Length);

    /// <summary>From the network header to the end.</summary>
    public Span<byte> Network => Frame[Layout.NetworkOffset..];

    /// <summary>Length on the wire, outer tag included.</summary>
    public int WireLength => Length + (VlanTpid != 0 ? VlanTagLength : 0);

    /// <summary>Starts over with a frame as it is on the wire.</summary>
    public void Load(ReadOnlySpan<byte> frame)
    {
        SetBytes(frame);
        VlanTpid = 0;
        VlanTci = 0;
        Layout = default;
        Mru = 0;
        Hash = 0;
        CutLength = NoCut;
        UpcallHandler = -1;
        HasTunnel = false;
    }

    /// <summary>Says where the next output to a tunnel port leads.</summary>
    public void SetTunnel(in FlowKey tunnel)
    {
        _tunnel = tunnel;
        HasTunnel = true;
    }

    /// <summary>Replaces the bytes and keeps everything else, the tag included.</summary>
    public void SetBytes(ReadOnlySpan<byte> frame)
    {
        _start = Headroom;
        Length = frame.Length;
        frame.CopyTo(_bytes.AsSpan(_start));
    }

    /// <summary>Becomes a copy of another packet.</summary>
    public void CopyFrom(PacketBuffer other)
    {
        SetBytes(other.Frame);
        VlanTpid = other.VlanTpid;
        VlanTci = other.VlanTci;
        Layout = other.Layout;
        Mru = other.Mru;
        Hash = other.Hash;
        CutLength = other.CutLength;
        UpcallHandler = other.UpcallHandler;
        HasTunnel = other.HasTunnel;
        if (HasTunnel)
            _tunnel = other._tunnel;
    }

    /// <summary>Cuts the frame at the end. A header that was cut off starts, from then on, where the frame ends.</summary>
    public void Trim(int length)
    {
        if (length >= Length)
            return;
        Length = length;
        Layout = Layout with
        {
            NetworkOffset = Math.Min(Layout.NetworkOffset, length),
            TransportOffset = Math.Min(Layout.TransportOffset, length),
        };
    }

    /// <summary>Moves an outer tag that lies in the bytes beside them (<c>parse_vlan_tag</c> with <c>untag_vlan</c>).</summary>
    public void HoldOuterTag()
    {
        if (VlanTpid != 0 || Length < EthernetHeaderLength + VlanTagLength)
            return;
        ushort tpid = BinaryPrimitives.ReadUInt16BigEndian(Frame[AddressesLength..]);
        if (!EtherTypes.IsVlan(tpid))
            return;
        VlanTpid = tpid;
        VlanTci = BinaryPrimitives.ReadUInt16BigEndian(Frame[(AddressesLength + 2)..]);
        Frame[..AddressesLength].CopyTo(_bytes.AsSpan(_start + VlanTagLength));
        _start += VlanTagLength;
        Length -= VlanTagLength;
    }

    /// <summary>Pushes a tag; one that is held already moves into the bytes (<c>skb_vlan_push</c>). False without room.</summary>
    public bool PushTag(ushort tpid, ushort tci)
    {
        if (VlanTpid != 0)
        {
            if (_start < VlanTagLength || Length + VlanTagLength > MaximumLength)
                return false;
            WriteTagged(_bytes.AsSpan(_start - VlanTagLength, AddressesLength + VlanTagLength));
            _start -= VlanTagLength;
            Length += VlanTagLength;
            Layout = Layout.MovedBy(VlanTagLength);
        }

        VlanTpid = tpid;
        VlanTci = tci;
        return true;
    }

    /// <summary>Takes the outer tag off; the next one, if any, takes its place (<c>skb_vlan_pop</c>).</summary>
    public void PopTag()
    {
        bool held = VlanTpid != 0;
        VlanTpid = 0;
        VlanTci = 0;
        int before = Length;
        HoldOuterTag();
        if (!held)
        {
            VlanTpid = 0;
            VlanTci = 0;
            HoldOuterTag();
        }

        Layout = Layout.MovedBy(Length - before);
    }

    /// <summary>Writes the frame as it goes on the wire, at most <paramref name="length"/> bytes of it, and returns how many.</summary>
    public int CopyWireTo(Span<byte> target, int length)
    {
        length = Math.Min(length, WireLength);
        if (VlanTpid == 0)
        {
            Frame[..length].CopyTo(target);
            return length;
        }

        Span<byte> head = stackalloc byte[AddressesLength + VlanTagLength];
        WriteTagged(head);
        if (length <= head.Length)
        {
            head[..length].CopyTo(target);
            return length;
        }

        head.CopyTo(target);
        Frame.Slice(AddressesLength, length - head.Length).CopyTo(target[head.Length..]);
        return length;
    }

    private void WriteTagged(Span<byte> head)
    {
        _bytes.AsSpan(_start, AddressesLength).CopyTo(head);
        BinaryPrimitives.WriteUInt16BigEndian(head[AddressesLength..], VlanTpid);
        BinaryPrimitives.WriteUInt16BigEndian(head[(AddressesLength + 2)..], VlanTci);
    }
}
