using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>What the <c>ct</c> action returns for an outcome of defragmentation.</summary>
public static class DefragmentationOutcomeErrno
{
    private const int TooBig = 7;
    private const int OutOfMemory = 12;
    private const int InvalidArgument = 22;

    /// <summary>
    /// 0 if the packet goes on or was kept, else the errno with which <c>ovs_ct_execute</c> drops it. Once IPv6 has
    /// queued the fragment, the kernel reports no error any more.
    /// </summary>
    public static int Errno(this DefragmentationOutcome outcome, ushort etherType) => outcome switch
    {
        DefragmentationOutcome.Unchanged or DefragmentationOutcome.Reassembled or DefragmentationOutcome.Queued => 0,
        DefragmentationOutcome.NoMemory => OutOfMemory,
        DefragmentationOutcome.TooLong => etherType == EtherTypes.Ipv6 ? InvalidArgument : TooBig,
        DefragmentationOutcome.Duplicate or DefragmentationOutcome.EcnMismatch => etherType == EtherTypes.Ipv6 ? 0 : InvalidArgument,
        _ => InvalidArgument,
    };
}
