namespace UpcallActors.Linux;

/// <summary><c>nlmsg_flags</c>, from <c>include/uapi/linux/netlink.h</c>. Bits 0x100 and up depend on the request.</summary>
[Flags]
public enum NetlinkFlags : ushort
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>A request.</summary>
    Request = 0x1,

    /// <summary>Part of a multipart answer.</summary>
    Multi = 0x2,

    /// <summary>Answer with an acknowledgement even on success.</summary>
    Ack = 0x4,

    /// <summary>Echo the resulting notification.</summary>
    Echo = 0x8,

    /// <summary>The dump was interrupted by a change.</summary>
    DumpInterrupted = 0x10,

    /// <summary>Return the whole table (GET); with <see cref="Match"/> a dump.</summary>
    Root = 0x100,

    /// <summary>Return all matching (GET).</summary>
    Match = 0x200,

    /// <summary>Root and match: a dump (GET).</summary>
    Dump = Root | Match,

    /// <summary>Replace an existing object (NEW).</summary>
    Replace = 0x100,

    /// <summary>Fail if it exists (NEW).</summary>
    Exclusive = 0x200,

    /// <summary>Create if absent (NEW).</summary>
    Create = 0x400,
}
