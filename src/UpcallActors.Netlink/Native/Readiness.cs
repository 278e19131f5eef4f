using System.ComponentModel;
using System.Runtime.InteropServices;

namespace UpcallActors.Netlink;

/// <summary>Waits until one of two descriptors can be read: a lane's upcall source and its wake-up eventfd.</summary>
public static class Readiness
{
    /// <summary>
    /// Blocks until either descriptor is readable or the time is over (−1: no limit). A negative descriptor is not looked at.
    /// An interrupted call returns as if nothing were readable.
    /// </summary>
    public static unsafe (bool First, bool Second) Wait(int first, int second, int timeoutMilliseconds)
    {
        Libc.PollDescriptor* descriptors = stackalloc Libc.PollDescriptor[2];
        descriptors[0] = new Libc.PollDescriptor { Descriptor = first, Events = Libc.PollIn };
        descriptors[1] = new Libc.PollDescriptor { Descriptor = second, Events = Libc.PollIn };
        if (Libc.Poll(descriptors, 2, timeoutMilliseconds) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Libc.InterruptedCall ? (false, false) : throw new Win32Exception(error, "poll");
        }

        return (descriptors[0].Returned != 0, descriptors[1].Returned != 0);
    }
}
