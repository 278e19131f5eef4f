using System.ComponentModel;
using System.Runtime.InteropServices;

namespace UpcallActors.Linux;

/// <summary>Waits until one of several descriptors can be read.</summary>
internal static class Readiness
{
    /// <summary>The most descriptors that one wait looks at.</summary>
    public const int Limit = 64;

    /// <summary>Waits for two descriptors: a lane's upcall source and its wake-up eventfd. See the other overload.</summary>
    public static (bool First, bool Second) Wait(int first, int second, int timeoutMilliseconds)
    {
        Span<bool> readable = stackalloc bool[2];
        Wait([first, second], readable, timeoutMilliseconds);
        return (readable[0], readable[1]);
    }

    /// <summary>
    /// Blocks until one of at most <see cref="Limit"/> descriptors is readable or the time is over (−1: no limit), and says of
    /// each whether it is. An error or hang-up counts as readable: the next read tells what it is, and takes it away. A negative
    /// descriptor is not looked at, nor is one that is not open, which would otherwise be ready for ever. An interrupted call
    /// returns as if nothing were readable. Throws <see cref="Win32Exception"/> when nothing could ever end the wait.
    /// </summary>
    public static unsafe void Wait(ReadOnlySpan<int> descriptors, Span<bool> readable, int timeoutMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, Limit, nameof(descriptors));
        Libc.PollDescriptor* polled = stackalloc Libc.PollDescriptor[descriptors.Length];
        for (int index = 0; index < descriptors.Length; index++)
            polled[index] = new Libc.PollDescriptor { Descriptor = descriptors[index], Events = Libc.PollIn };
        while (true)
        {
            readable.Clear();
            if (timeoutMilliseconds < 0 && !IsAnyOpen(polled, descriptors.Length))
                throw new Win32Exception((int)Errno.BadDescriptor, "poll");
            if (Libc.Poll(polled, (nuint)descriptors.Length, timeoutMilliseconds) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == (int)Errno.Interrupted)
                    return;
                throw new Win32Exception(error, "poll");
            }

            bool wasAnyClosed = false;
            bool isAnyReadable = false;
            for (int index = 0; index < descriptors.Length; index++)
            {
                bool isClosed = (polled[index].Returned & Libc.PollInvalid) != 0;
                readable[index] = !isClosed && polled[index].Returned != 0;
                isAnyReadable |= readable[index];
                wasAnyClosed |= isClosed;
                if (isClosed)
                    polled[index].Descriptor = -1;
            }

            if (isAnyReadable || !wasAnyClosed)
                return;
        }
    }

    private static unsafe bool IsAnyOpen(Libc.PollDescriptor* polled, int count)
    {
        for (int index = 0; index < count; index++)
        {
            if (polled[index].Descriptor >= 0)
                return true;
        }

        return false;
    }
}
