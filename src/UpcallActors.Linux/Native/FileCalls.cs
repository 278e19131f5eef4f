using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// Calls of the C library for files and for what a process may have of them, with the constants of Linux on x86-64 and arm64.
/// </summary>
internal static partial class FileCalls
{
    public const int OpenReadOnly = 0;
    public const int OpenWriteOnly = 1;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    public const int OpenAppend = 0x400;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;

    public const int AtCurrentDirectory = -100;
    public const int AtEmptyPath = 0x1000;
    public const int AtNoFollow = 0x100;

    /// <summary><c>STATX_TYPE | STATX_MODE | STATX_UID</c>.</summary>
    public const uint StatusWanted = 0x1 | 0x2 | 0x8;

    public const int TypeMask = 0xf000;

    public const int LimitOfDescriptors = 7;

    /// <summary>O_NOFOLLOW, of the few that the two architectures number differently.</summary>
    public static int OpenNoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags, uint mode);

    /// <summary>Unlike <c>stat</c> it has the same structure on all architectures (Linux 4.11, glibc 2.28).</summary>
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(int directory, string path, int flags, uint wanted, out FileStatusBuffer status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(SafeFileHandle directory, string path, int flags, uint wanted, out FileStatusBuffer status);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(SafeFileHandle file, int descriptor);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, in ResourceLimit limit);

    /// <summary><c>struct statx</c>, of which the first fields are read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct FileStatusBuffer
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint User;
        public uint Group;
        public ushort Mode;
    }

    /// <summary><c>struct rlimit</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
