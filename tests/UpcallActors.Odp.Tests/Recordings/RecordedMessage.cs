using UpcallActors.Linux;

namespace UpcallActors.Odp.Tests.Recordings;

/// <summary>A Netlink message of a recording, with its place for failure messages.</summary>
public sealed record RecordedMessage(string Recording, int Record, byte[] Bytes, ushort Type, long Nanoseconds)
{
    /// <summary>NLM_F_REQUEST: sent by ovs-vswitchd, not by the kernel.</summary>
    public bool IsRequest => (BitConverter.ToUInt16(Bytes, NetlinkMessage.FlagsOffset) & (ushort)NetlinkFlags.Request) != 0;

    public override string ToString() => $"{Recording} record {Record}";
}
