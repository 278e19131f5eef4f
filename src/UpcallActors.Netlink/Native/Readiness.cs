using System.ComponentModel;
using System.Runtime.InteropServices;

namespace UpcallActors.Netlink;

/// <summary>Waits until one of two descriptors can be read: a lane's upcall source and its wake-up eventfd.</summary>
public static class Readiness
{
    /// <summary>
    /// Blocks until either descriptor is readable or the time is over (−1: no limit). An error or hang-up counts as readable:
    /// the next read tells what it is, and takes it away. A negative descriptor is not looked at, nor is one that is not open,
    /// which would otherwise be ready for ever. An interrupted call returns as if nothing were readable. Throws
    /// <see cref="Win32Exception"/> when nothing could ever end the wait.
    /// </summary>
    public static unsafe (bool First, bool Second) Wait(int first, int second, int timeoutMilliseconds)
    {
        Libc.PollDescriptor* descriptors = stackalloc Libc.PollDescriptor[2];
        while (true)
        {
            descriptors[0] = new Libc.PollDescriptor { Descriptor = first, Events = Libc.PollIn };
            descriptors[1] = new Libc.PollDescriptor { Descriptor = second, Events = Libc.PollIn };
            if (first < 0 && second < 0 && timeoutMilliseconds < 0)
                throw new Win32Exception(Libc.BadDescriptor, "poll");
            if (Libc.Poll(descriptors, 2, timeoutMilliseconds) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                return error == Libc.InterruptedCall ? (false, false) : throw new Win32Exception(error, "poll");
            }

            bool firstIsOpen = (descriptors[0].Returned & Libc.PollInvalid) == 0;
            bool secondIsOpen = (descriptors[1].Returned & Libc.PollInvalid) == 0;
            bool firstIsReadable = firstIsOpen && descriptors[0].Returned != 0;
            bool secondIsReadable = secondIsOpen && descriptors[1].Returned != 0;
            if ((firstIsOpen && secondIsOpen) || firstIsReadable || secondIsReadable)
                return (firstIsReadable, secondIsReadable);
            first = firstIsOpen ? first : -1;
            second = secondIsOpen ? second : -1;
        }
    }
}
