using Akka.TestKit.Xunit2;
using UpcallActors.Linux;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Runs pipelines over a scripted datapath.</summary>
public abstract class PipelineSpec(string config = "")
    : TestKit(config + "\nakka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.test.single-expect-default = 20s")
{
    internal ScriptedTranslators Translators { get; } = new();

    /// <summary>Starts a pipeline without revalidators, so that all requests are those of its lanes.</summary>
    internal UpcallPipeline Start(ScriptedDatapath datapath, UpcallPipelineSettings? settings = null) =>
        UpcallPipeline.Start(Sys, datapath, Translators, (settings ?? new UpcallPipelineSettings()) with { Revalidation = null });

    /// <summary>Waits for a condition; fails after a minute.</summary>
    internal async Task Until(Func<bool> condition)
    {
        try
        {
            await AwaitConditionAsync(() => Task.FromResult(condition()), TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(2));
        }
        catch
        {
            // Whatever held the pipeline up would hold up its disposal, too, and the failure would never be told.
            _ = Sys.Terminate();
            throw;
        }
    }

    /// <summary>Waits until everything that was queued is done with, and checks that each upcall ended in one way.</summary>
    internal async Task Idle(UpcallPipeline pipeline, ScriptedDatapath datapath)
    {
        await Until(() => pipeline.Counters.Completed == datapath.UpcallsQueued);
        PacketAccount.ShouldBalance(pipeline.Counters);
    }

    /// <summary>Holds a thread until the test lets it go, or ends.</summary>
    internal sealed class Gate : IDisposable
    {
        private readonly TaskCompletionSource _open = new();

        public Errno Pass()
        {
            _open.Task.GetAwaiter().GetResult();
            return Errno.None;
        }

        public void Open() => _open.TrySetResult();

        public void Dispose() => Open();
    }
}
