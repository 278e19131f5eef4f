using System.Diagnostics;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Kernel;

/// <summary>Waiting for conditions, with a limit that only a failure reaches.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Receives until so many messages are there; each is handed over once.</summary>
    public static int Receive(IUpcallSource source, MessageSlots slots, int count, Action<int>? onMessage = null)
    {
        long start = Stopwatch.GetTimestamp();
        int received = 0;
        while (received < count)
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Limit, $"{received} of {count} upcalls came");
            Readiness.Wait(source.Descriptor, -1, 100);
            int some = source.Receive(slots, 0, slots.Count);
            for (int slot = 0; slot < some; slot++)
                onMessage?.Invoke(slot);
            received += some;
        }

        return received;
    }
}
