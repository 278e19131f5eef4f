namespace UpcallActors.Linux;

/// <summary>Types of messages about links (<c>RTM_*LINK</c>), from <c>include/uapi/linux/rtnetlink.h</c>.</summary>
internal static class LinkMessageType
{
    /// <summary><c>RTM_NEWLINK</c>: make or change a link; told: a link is there, or has changed.</summary>
    public const ushort New = 16;

    /// <summary><c>RTM_DELLINK</c>: delete a link; told: it is gone.</summary>
    public const ushort Delete = 17;

    /// <summary><c>RTM_GETLINK</c>: ask for a link, or for all.</summary>
    public const ushort Get = 18;

    /// <summary><c>RTM_SETLINK</c>: change a link.</summary>
    public const ushort Set = 19;

    /// <summary>The multicast group of changes of links (<c>RTNLGRP_LINK</c>).</summary>
    public const uint Group = 1;
}
