using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.SystemTests.Live;

/// <summary>Runs code of this process inside a network namespace: sockets that it opens, and threads that it starts, are there.</summary>
internal static class NamespaceThread
{
    private const int NetworkNamespaceKind = 0x4000_0000;

    /// <summary>Runs a function on a thread of its own that has entered the namespace, and ends with its result.</summary>
    public static Task<T> RunAsync<T>(string name, Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                using SafeFileHandle file = File.OpenHandle($"/run/netns/{name}");
                if (SetNamespace(file, NetworkNamespaceKind) < 0)
                    throw new Win32Exception(Marshal.GetLastPInvokeError(), "setns");
                result.SetResult(function());
            }
            catch (Exception failure)
            {
                result.SetException(failure);
            }
        });
        thread.Start();
        return result.Task;
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeFileHandle file, int kind);
}
