using System.Buffers.Binary;

namespace UpcallActors.Odp;

/// <summary>What a userspace action asks of us; the first byte of its cookie.</summary>
internal enum UserspaceReason : byte
{
    /// <summary>The datapath cannot do what the flow wants: translate each packet and act for it.</summary>
    SlowPath = 1,

    /// <summary>Send the packet to a controller.</summary>
    Controller = 2,

    /// <summary>sFlow sample.</summary>
    Sflow = 3,

    /// <summary>Flow sample (<c>sample</c> action).</summary>
    FlowSample = 4,

    /// <summary>IPFIX sample.</summary>
    Ipfix = 5,

    /// <summary>
    /// The packet may have to leave in smaller fragments than it came in: put it out on the datapath port in the argument.
    /// </summary>
    Refragment = 6,
}

/// <summary>
/// The cookie (<c>OVS_USERSPACE_ATTR_USERDATA</c>) that this project puts into userspace actions, which the kernel hands back unread. One
/// for a controller has the layout of ovs-vswitchd's (<c>struct user_action_cookie</c>, 48 bytes, without a bridge's UUID), so that tools
/// show what is in it. Others have 16 bytes: reason u8, version u8 (1), two zero bytes, recirculation id u32 and an argument u64, in host
/// byte order.
/// </summary>
/// <param name="Reason">What is asked of us.</param>
/// <param name="RecircId">Where the packet's state is kept, 0 for nowhere.</param>
/// <param name="Argument">
/// As the reason says. For a controller: its id in bits 0 to 15, the most bytes to send in 16 to 31, why in 32 to 47, in bit 48 that
/// nothing is to be sent, and in bit 49 that the packet waits for the controller to go on.
/// </param>
internal readonly record struct UserspaceCookie(UserspaceReason Reason, uint RecircId, ulong Argument)
{
    /// <summary>Bytes of a cookie that is not for a controller.</summary>
    public const int ShortLength = 16;

    /// <summary>Bytes of one for a controller.</summary>
    public const int ControllerLength = 48;

    private const byte LayoutVersion = 1;
    private const ushort ControllerType = 5;
    private const uint NoPort = 0xffff;
    private const int PortOffset = 4;
    private const int UuidOffset = 8;
    private const int DontSendOffset = 24;
    private const int ContinuationOffset = 25;
    private const int ReasonOffset = 26;
    private const int RecirculationOffset = 28;
    private const int RuleOffset = 32;
    private const int ControllerOffset = 40;
    private const int LengthOffset = 42;
    private const int LengthShift = 16;
    private const int ReasonShift = 32;
    private const int DontSendShift = 48;
    private const int ContinuationShift = 49;

    /// <summary>The cookie of the rule that sends the packet to a controller.</summary>
    public ulong RuleCookie { get; init; }

    /// <summary>Its bytes.</summary>
    public int Length => Reason == UserspaceReason.Controller ? ControllerLength : ShortLength;

    /// <summary>Reads a cookie; false if the bytes are not a cookie of this program.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out UserspaceCookie cookie)
    {
        cookie = default;
        if (bytes.Length == ControllerLength)
            return TryReadController(bytes, out cookie);
        if (bytes.Length != ShortLength || bytes[0] is < (byte)UserspaceReason.SlowPath or > (byte)UserspaceReason.Refragment
            || bytes[1] != LayoutVersion || bytes[2] != 0 || bytes[3] != 0)
            return false;
        uint recirculation = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        cookie = new UserspaceCookie((UserspaceReason)bytes[0], recirculation, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        return true;
    }

    /// <summary>Writes the cookie into <paramref name="target"/>, which takes <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        target[..Length].Clear();
        if (Reason == UserspaceReason.Controller)
        {
            WriteController(target);
            return;
        }

        target[0] = (byte)Reason;
        target[1] = LayoutVersion;
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], RecircId);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Argument);
    }

    private static bool TryReadController(ReadOnlySpan<byte> bytes, out UserspaceCookie cookie)
    {
        ulong argument = BinaryPrimitives.ReadUInt16LittleEndian(bytes[ControllerOffset..])
            | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[LengthOffset..]) << LengthShift)
            | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[ReasonOffset..]) << ReasonShift)
            | ((ulong)(bytes[DontSendOffset] & 1) << DontSendShift)
            | ((ulong)(bytes[ContinuationOffset] & 1) << ContinuationShift);
        cookie = new UserspaceCookie(
            UserspaceReason.Controller, BinaryPrimitives.ReadUInt32LittleEndian(bytes[RecirculationOffset..]), argument)
        {
            RuleCookie = BinaryPrimitives.ReadUInt64BigEndian(bytes[RuleOffset..]),
        };
        // With a UUID it is ovs-vswitchd's own, whose recirculation ids mean nothing here.
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes) == ControllerType
            && !bytes[UuidOffset..DontSendOffset].ContainsAnyExcept((byte)0);
    }

    private void WriteController(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, ControllerType);
        BinaryPrimitives.WriteUInt32LittleEndian(target[PortOffset..], NoPort);
        target[DontSendOffset] = (byte)((Argument >> DontSendShift) & 1);
        target[ContinuationOffset] = (byte)((Argument >> ContinuationShift) & 1);
        BinaryPrimitives.WriteUInt16LittleEndian(target[ReasonOffset..], (ushort)(Argument >> ReasonShift));
        BinaryPrimitives.WriteUInt32LittleEndian(target[RecirculationOffset..], RecircId);
        BinaryPrimitives.WriteUInt64BigEndian(target[RuleOffset..], RuleCookie);
        BinaryPrimitives.WriteUInt16LittleEndian(target[ControllerOffset..], (ushort)Argument);
        BinaryPrimitives.WriteUInt16LittleEndian(target[LengthOffset..], (ushort)(Argument >> LengthShift));
    }
}
