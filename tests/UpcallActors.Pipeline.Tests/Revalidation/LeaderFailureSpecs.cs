using System.Runtime.CompilerServices;
using Akka.TestKit.Xunit2;
using UpcallActors.OpenFlow;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What is asked of the revalidators is done although their leader fails over the very question: the next one does it.</summary>
public sealed class LeaderFailureSpecs() : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    /// <summary>What is asked.</summary>
    public enum Question
    {
        Wait,
        Purge,
        Pause,
        Resume,
    }

    [Theory]
    [InlineData(Question.Wait)]
    [InlineData(Question.Purge)]
    [InlineData(Question.Pause)]
    [InlineData(Question.Resume)]
    public async Task A_question_over_which_the_leader_fails_is_answered_by_the_next_one(Question question)
    {
        PoisonedTranslators? translators = null;
        await using RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(
            Sys, "in_port=1,actions=2", translators: inner => translators = new PoisonedTranslators(inner));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 3);
        await bridge.RoundAsync();
        if (question == Question.Resume)
            await bridge.DoneAsync(bridge.Revalidation.PauseAsync());
        long rounds = bridge.Revalidation.Snapshot().Rounds;
        Action mend = Break(bridge.Revalidation, question);
        // A leader makes a translator before it is told anything.
        translators!.Creating = mend;

        Task asked = Ask(bridge.Revalidation, question);
        await Eventually.HoldsAsync(() => bridge.Counters[RevalidationEvent.RevalidatorRestart] == 1);
        await bridge.DoneAsync(asked);

        await ShouldBeDoneAsync(bridge, question, rounds);
        bridge.Counters[RevalidationEvent.RevalidatorRestart].ShouldBe(1);
    }

    private static Task Ask(Revalidation revalidation, Question question) => question switch
    {
        Question.Wait => revalidation.WaitAsync(),
        Question.Purge => revalidation.PurgeAsync(),
        Question.Pause => revalidation.PauseAsync(),
        _ => revalidation.ResumeAsync(),
    };

    private static async Task ShouldBeDoneAsync(RevalidatedSwitch bridge, Question question, long rounds)
    {
        bridge.Revalidation.Snapshot().IsPaused.ShouldBe(question == Question.Pause);
        bridge.Datapath.FlowCount.ShouldBe(question == Question.Purge ? 0 : 1);
        if (question == Question.Pause)
        {
            // A change begins a round at other times.
            bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=99,actions=drop"));
            await bridge.DoneAsync(bridge.Revalidation.PauseAsync());
            bridge.Revalidation.Snapshot().Rounds.ShouldBe(rounds);
            return;
        }

        if (question == Question.Resume)
            await bridge.RoundAsync();
        bridge.Revalidation.Snapshot().Rounds.ShouldBeGreaterThan(rounds);
    }

    /// <summary>
    /// Takes away what the leader notes such a question in, so that it fails as soon as it is asked. Nothing that comes from outside can
    /// make it: a defect would. Whoever mends it gives it back.
    /// </summary>
    private static Action Break(Revalidation revalidation, Question question)
    {
        RevalidationRequests requests = StateOf(revalidation).Requests;
        if (question == Question.Wait)
        {
            List<(long, TaskCompletionSource)> waits = Waits(requests);
            Waits(requests) = null!;
            return () => Waits(requests) = waits;
        }

        if (question == Question.Purge)
        {
            List<TaskCompletionSource> purges = Purges(requests);
            Purges(requests) = null!;
            return () => Purges(requests) = purges;
        }

        List<TaskCompletionSource> pauses = Pauses(requests);
        Pauses(requests) = null!;
        return () => Pauses(requests) = pauses;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_state")]
    private static extern ref RevalidationState StateOf(Revalidation revalidation);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_waits")]
    private static extern ref List<(long Round, TaskCompletionSource Done)> Waits(RevalidationRequests requests);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_purges")]
    private static extern ref List<TaskCompletionSource> Purges(RevalidationRequests requests);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_pauses")]
    private static extern ref List<TaskCompletionSource> Pauses(RevalidationRequests requests);
}
