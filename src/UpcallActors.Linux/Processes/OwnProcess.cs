using System.Runtime.InteropServices;
using System.Text;

namespace UpcallActors.Linux;

/// <summary>What this process is to the kernel.</summary>
internal static class OwnProcess
{
    /// <summary>
    /// The words it was started with, the name it was called by among them, which the runtime does not keep.
    /// Throws <see cref="IOException"/> where <c>/proc</c> is not mounted.
    /// </summary>
    public static IReadOnlyList<string> CommandLine()
    {
        string[] words = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline")).Split('\0');
        // Each word ends with a null character.
        return words[..^1];
    }

    /// <summary>
    /// Gives it the name by which <c>ps</c> and scripts know it (<c>/proc/PID/comm</c>), up to 15 bytes. Throws <see cref="IOException"/>
    /// where <c>/proc</c> is not mounted.
    /// </summary>
    public static void SetName(string name) => File.WriteAllText("/proc/self/comm", name);

    /// <summary>
    /// Keeps all memory that it uses, now or later, from being paged out (<c>mlockall</c>). Memory that is only reserved, as the
    /// collector's and stacks are, is not filled for it. Null when that was done, else why not.
    /// </summary>
    public static string? LockMemory() =>
        ProcessCalls.LockMemory(ProcessCalls.LockCurrent | ProcessCalls.LockFuture | ProcessCalls.LockOnFault) == 0
            ? null : Marshal.GetLastPInvokeErrorMessage();

    /// <summary>No process that it starts leaves its memory behind in a file.</summary>
    public static void DisableCoreDumps() => _ = FileCalls.SetLimit(ProcessCalls.LimitOfCoreDumps, default);
}
