using System.Collections.Frozen;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>The pipeline over a switch's datapath, as far as ports matter to it. Single owner.</summary>
internal sealed class AttachedPipeline(UpcallPipeline pipeline)
{
    /// <summary>A lane that hangs keeps no port for ever.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Tells it which ports have shares of their own. Tunnels that are one port of the datapath have the largest of theirs.
    /// </summary>
    public void TellShares(IEnumerable<WantedInterface> wanted)
    {
        var shares = wanted.Where(one => one is { Plan.Interface.Share: not null, Place: not null })
            .GroupBy(one => one.Place!.Value.Number, one => one.Plan.Interface.Share!.Value)
            .ToFrozenDictionary(port => port.Key, port => port.Max());
        FrozenDictionary<uint, double> before = pipeline.Tuning.PortShares;
        if (shares.Count != before.Count || shares.Any(share => !before.TryGetValue(share.Key, out double old) || old != share.Value))
            pipeline.Tune(tuning => tuning with { PortShares = shares });
    }

    /// <summary>Blocks until the upcalls that lanes have received by now are done with, or the wait takes too long.</summary>
    public void FinishPacketsUnderWay()
    {
        LaneCounters[] lanes = [.. pipeline.Counters.Lanes];
        long[] received = [.. lanes.Select(lane => lane.Received)];
        SpinWait.SpinUntil(() => pipeline.Completion.IsCompleted || AreDone(), _patience);

        bool AreDone()
        {
            for (int i = 0; i < lanes.Length; i++)
            {
                if (lanes[i].Completed < received[i])
                    return false;
            }

            return true;
        }
    }
}
