using System.Buffers.Binary;

namespace UpcallActors.Odp;

/// <summary>What a userspace action asks of us; the first byte of its cookie.</summary>
public enum UserspaceReason : byte
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

    /// <summary>The packet may have to leave in smaller fragments than it came in: put it out on the datapath port in the argument.</summary>
    Refragment = 6,
}

/// <summary>
/// The cookie (<c>OVS_USERSPACE_ATTR_USERDATA</c>) that this project puts into userspace actions: 16 bytes, ours alone,
/// since the kernel hands it back unread. Layout: reason u8, version u8 (1), two zero bytes, recirculation id u32 and
/// an argument u64, in host byte order.
/// </summary>
public readonly record struct UserspaceCookie(UserspaceReason Reason, uint RecircId, ulong Argument)
{
    /// <summary>Bytes of a cookie.</summary>
    public const int Length = 16;

    private const byte LayoutVersion = 1;

    /// <summary>Reads a cookie; false when the bytes are not one of ours.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out UserspaceCookie cookie)
    {
        cookie = default;
        if (bytes.Length != Length || bytes[0] is < (byte)UserspaceReason.SlowPath or > (byte)UserspaceReason.Refragment || bytes[1] != LayoutVersion || bytes[2] != 0 || bytes[3] != 0)
            return false;
        cookie = new UserspaceCookie((UserspaceReason)bytes[0], BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        return true;
    }

    /// <summary>Writes the cookie into <paramref name="target"/>, which takes <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        target[0] = (byte)Reason;
        target[1] = LayoutVersion;
        target[2] = 0;
        target[3] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], RecircId);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Argument);
    }
}
