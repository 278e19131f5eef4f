using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Linux;

/// <summary>What a name in the file system stands for (<c>S_IFMT</c>).</summary>
[SuppressMessage("Design", "CA1027:Mark enums with FlagsAttribute",
    Justification = "The kernel's numbers share bits, and mean one thing each.")]
internal enum FileKind
{
    /// <summary>A named pipe.</summary>
    Pipe = 0x1000,

    /// <summary>A device read and written byte by byte.</summary>
    CharacterDevice = 0x2000,

    /// <summary>A directory.</summary>
    Directory = 0x4000,

    /// <summary>A device with blocks.</summary>
    BlockDevice = 0x6000,

    /// <summary>A file with content.</summary>
    Regular = 0x8000,

    /// <summary>A symbolic link.</summary>
    Link = 0xa000,

    /// <summary>A Unix socket.</summary>
    Socket = 0xc000,
}
