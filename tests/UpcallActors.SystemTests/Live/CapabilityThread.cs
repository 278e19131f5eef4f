using System.ComponentModel;
using System.Runtime.InteropServices;

namespace UpcallActors.SystemTests.Live;

/// <summary>Takes the capabilities of the thread that calls, and of no other.</summary>
internal static class CapabilityThread
{
    private const uint Version3 = 0x2008_0522;

    /// <summary>From now on this thread has no privilege; its permitted ones go too.</summary>
    public static void DropAll()
    {
        // struct __user_cap_header_struct (this thread), and two of struct __user_cap_data_struct.
        uint[] header = [Version3, 0];
        uint[] none = new uint[6];
        if (SetCapabilities(header, none) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "capset");
    }

    [DllImport("libc", EntryPoint = "capset", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetCapabilities(uint[] header, uint[] data);
}
