using UpcallActors.Linux;

namespace UpcallActors.Daemon.Live.Reloading;

/// <summary>
/// Work that no packet waits for and that may take a second: a hundred thousand flows that are read and put into tables. It has its own
/// thread, which gives way to lanes on a processor that both want.
/// </summary>
internal static class BackgroundWork
{
    /// <summary>
    /// That of the revalidators: a lane is given three times the time. Not more, since the thread also collects garbage, for which
    /// lanes wait: it must come to its end on a busy machine, too.
    /// </summary>
    private const int ThreadNiceness = 5;

    /// <summary>Does it. The task ends when it is done, or fails with what it throws.</summary>
    public static Task Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <summary>Does it. The task ends with what it gives, or fails with what it throws.</summary>
    public static Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            _ = Niceness.TrySetOfThread(ThreadNiceness);
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Told to whoever waits for it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                done.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = "reload",
        };
        thread.Start();
        return done.Task;
    }
}
