using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Hands on to a bridge what becomes of its rules, in the order of the versions: the tables tell under their lock. The bridge takes what it
/// did itself when it has done it, and is woken for what other threads do, such as timeouts.
/// </summary>
/// <param name="isOwnThread">Whether the calling thread is the bridge's.</param>
/// <param name="bridge">The bridge's actor.</param>
/// <param name="isAnyMonitoring">Whether a client has a monitor: else only flows count that want a message when they go.</param>
internal sealed class BridgeEvents(Func<bool> isOwnThread, IActorRef bridge, Func<bool> isAnyMonitoring) : IRuleObserver
{
    private readonly ConcurrentQueue<object> _news = [];

    /// <inheritdoc/>
    public void RulesChanged(ulong version, ReadOnlySpan<RuleChange> changes, ChangeOrigin origin)
    {
        if (isAnyMonitoring())
        {
            Add(new RulesChanged([.. changes], origin));
            return;
        }

        ImmutableArray<RuleChange>.Builder? gone = null;
        foreach (RuleChange change in changes)
        {
            if (change.Kind >= RuleChangeKind.Deleted && (change.Rule.Flags & FlowFlags.SendFlowRemoved) != 0)
                (gone ??= ImmutableArray.CreateBuilder<RuleChange>()).Add(change);
        }

        if (gone is not null)
            Add(new RulesChanged(gone.ToImmutable(), origin));
    }

    /// <inheritdoc/>
    public void VacancyChanged(byte table, VacancyEvent crossed) => Add(new VacancyChanged(table, crossed));

    /// <summary>The next piece of news. On the bridge's thread.</summary>
    public bool TryTake(out object news) => _news.TryDequeue(out news!);

    private void Add(object news)
    {
        _news.Enqueue(news);
        if (!isOwnThread())
            bridge.Tell(BridgeNews.Instance, ActorRefs.NoSender);
    }
}

/// <summary>To a bridge: other threads have changed its rules.</summary>
internal sealed class BridgeNews : INoSerializationVerificationNeeded
{
    public static readonly BridgeNews Instance = new();
}

/// <summary>The vacancy of a table has crossed a threshold.</summary>
internal sealed record VacancyChanged(byte Table, VacancyEvent Event);

/// <summary>Rules are others.</summary>
internal sealed record RulesChanged(ImmutableArray<RuleChange> Changes, ChangeOrigin Origin);
