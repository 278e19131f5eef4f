using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>With which error the kernel refuses what its <c>ct</c> action cannot do.</summary>
internal static class ConntrackRefusal
{
    /// <summary>Of a <c>ct</c> action that makes no sense (<c>ovs_ct_copy_action</c>).</summary>
    public static Errno Of(ConntrackParseError error) => error switch
    {
        ConntrackParseError.None => Errno.None,
        ConntrackParseError.NatTypeTwice => Errno.Range,
        _ => Errno.Invalid,
    };

    /// <summary>
    /// Of a packet that was given to reassembly: none if it goes on or was kept, else that with which <c>ovs_ct_execute</c> drops it. Once
    /// IPv6 has queued the fragment, the kernel reports no error any more.
    /// </summary>
    public static Errno Of(DefragmentationOutcome outcome, ushort etherType) => outcome switch
    {
        DefragmentationOutcome.Unchanged or DefragmentationOutcome.Reassembled or DefragmentationOutcome.Queued => Errno.None,
        DefragmentationOutcome.NoMemory => Errno.NoMemory,
        DefragmentationOutcome.TooLong => etherType == EtherTypes.Ipv6 ? Errno.Invalid : Errno.ArgumentListTooLong,
        DefragmentationOutcome.Duplicate or DefragmentationOutcome.EcnMismatch => etherType == EtherTypes.Ipv6 ? Errno.None : Errno.Invalid,
        _ => Errno.Invalid,
    };
}
