using System.Runtime.InteropServices;

namespace UpcallActors.Linux;

/// <summary>How many files, sockets and the like this process may have open (<c>RLIMIT_NOFILE</c>).</summary>
internal static class DescriptorLimit
{
    /// <summary>
    /// Raises the limit to the most that the process may give itself (<c>getrlimit(2)</c>: the hard limit). Returns what holds from now on.
    /// </summary>
    public static long Lift()
    {
        if (FileCalls.GetLimit(FileCalls.LimitOfDescriptors, out FileCalls.ResourceLimit limit) != 0)
            throw new IOException($"getrlimit: {Marshal.GetLastPInvokeErrorMessage()}");
        if (limit.Soft < limit.Hard)
        {
            var raised = new FileCalls.ResourceLimit { Soft = limit.Hard, Hard = limit.Hard };
            if (FileCalls.SetLimit(FileCalls.LimitOfDescriptors, raised) == 0)
                limit = raised;
        }

        // RLIM_INFINITY is all ones.
        return limit.Soft > long.MaxValue ? long.MaxValue : (long)limit.Soft;
    }

    /// <summary>How many are open now.</summary>
    public static int Open => Directory.GetFiles("/proc/self/fd").Length;
}
