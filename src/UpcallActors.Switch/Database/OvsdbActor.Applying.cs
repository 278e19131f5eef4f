using Akka.Actor;
using UpcallActors.Linux;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <content>What the database wants goes to the switch.</content>
internal sealed partial class OvsdbActor
{
    private bool _isApplying;
    private bool _isApplyDue;

    /// <summary>
    /// Reads the copy and hands it to the switch, if there is one and nothing else is on its way; otherwise when that has come back.
    /// </summary>
    private void ApplyIfDue()
    {
        if (_session is not { IsWatching: true, HasLock: true } session)
            return;
        progress.NoteFirst();
        if (progress.Running is null)
            return;
        if (_isApplying)
        {
            _isApplyDue = true;
            return;
        }

        DatabaseContents contents = progress.Reader.Read(session.Cache, progress.Running.DatapathType);
        TellProblems(contents);
        if (progress.Applied is { } applied && applied.Configuration == contents.Configuration)
        {
            progress.Applied = contents;
            Tune();
            WriteIfDue();
            return;
        }

        _isApplying = true;
        _ = ApplyAsync(Self, progress.Running, contents);
    }

    private static async Task ApplyAsync(IActorRef self, RunningSwitch running, DatabaseContents contents)
    {
#pragma warning disable CA1031 // The actor is told of it.
        try
        {
            AppliedConfiguration applied = await running.ApplyAsync(contents.Configuration, DatabaseOptions.Source).ConfigureAwait(false);
            self.Tell(new ConfigurationApplied(contents, applied.State, null), ActorRefs.NoSender);
        }
        catch (Exception failure)
        {
            self.Tell(new ConfigurationApplied(contents, null, failure), ActorRefs.NoSender);
        }
#pragma warning restore CA1031
    }

    private void NoteApplied(ConfigurationApplied applied)
    {
        _isApplying = false;
        if (applied.State is { } state)
        {
            progress.Applied = applied.Contents;
            progress.State = state;
            Tune();
            progress.NoteApplied();
        }
        else
        {
            // The switch ends by what it fails by.
            options.Logger.CannotApply(applied.Failure!);
        }

        WriteIfDue();
        if (!_isApplyDue)
            return;
        _isApplyDue = false;
        ApplyIfDue();
    }

    /// <summary>What holds for the whole switch.</summary>
    private void Tune()
    {
        if (progress.Applied is not { } applied)
            return;
        if (!applied.Settings.WaitsForFlows)
            progress.NoteRestored();
        if (progress.UntunedSettings is { } untuned && progress.Pipeline?.Revalidation is { } revalidation)
        {
            RevalidatorSettings tuned = applied.Settings.Over(untuned);
            if (tuned != revalidation.Settings)
                revalidation.Tune(_ => tuned);
        }
    }

    /// <summary>What is wrong or not supported, each once.</summary>
    private void TellProblems(DatabaseContents contents)
    {
        string[] now = [.. contents.Problems, .. contents.Unsupported.Select(one => $"not supported, and without effect: {one.Value}")];
        foreach (string problem in now.Where(problem => !progress.Told.Contains(problem)))
            options.Logger.ProblemOfContents(problem);
        progress.Told.Clear();
        progress.Told.UnionWith(now);
    }

    /// <summary>Tells this actor of the switch's states as long as it lives; it reads no further before one is taken.</summary>
    private void FollowStates(RunningSwitch running)
    {
        IActorRef self = Self;
        CancellationToken stopping = _stopping.Token;
        _ = FollowAsync(self, running, stopping);
    }

    private static async Task FollowAsync(IActorRef self, RunningSwitch running, CancellationToken stopping)
    {
        try
        {
            await foreach (StateUpdate update in running.ReadStatesAsync(stopping).ConfigureAwait(false))
            {
                var seen = new StateSeen(update.State, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                self.Tell(seen, ActorRefs.NoSender);
                await seen.Taken.Task.WaitAsync(stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The actor has ended.
        }
#pragma warning disable CA1031 // There is nobody else to tell.
        catch (Exception failure)
        {
            UnattendedWork.Tell("following the switch's states for the database", failure);
        }
#pragma warning restore CA1031
    }
}
