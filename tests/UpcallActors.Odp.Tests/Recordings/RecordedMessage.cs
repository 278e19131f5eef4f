namespace UpcallActors.Odp.Tests.Recordings;

/// <summary>A Netlink message of a recording, with its place for failure messages.</summary>
public sealed record RecordedMessage(string Recording, int Record, byte[] Bytes, ushort Type, long Nanoseconds)
{
    public override string ToString() => $"{Recording} record {Record}";
}
