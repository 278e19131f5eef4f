using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>Calls of the C library for processes, with the constants of Linux on x86-64 and arm64.</summary>
internal static unsafe partial class ProcessCalls
{
    public const int CloseOnExec = 0x80000;
    public const int SetDescriptorFlags = 2;
    public const int DescriptorCloseOnExec = 1;

    /// <summary><c>POSIX_SPAWN_SETSID</c> (glibc 2.26, musl 1.1.20).</summary>
    public const short SpawnSession = 0x80;

    public const int LockCurrent = 1;
    public const int LockFuture = 2;
    public const int LockOnFault = 4;

    public const int LimitOfCoreDumps = 4;

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* descriptors, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, int command, int value);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* buffer, nuint length);

    /// <summary>Returns the error; <c>errno</c> is not set.</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Spawn(
        out int process, string path, void* actions, in SpawnAttributes attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int MakeAttributes(out SpawnAttributes attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(ref SpawnAttributes attributes, short flags);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "strsignal")]
    public static partial nint NameOf(int signal);

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    public static partial int LockMemory(int flags);

    /// <summary><c>posix_spawnattr_t</c>: 336 bytes in glibc and in musl.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 512)]
    public struct SpawnAttributes
    {
        public long First;
    }
}
