using UpcallActors.Daemon.Status;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Tests.Replay;

/// <summary>
/// Watches a run, and when that ends, looks whether each packet was credited to the rule that it met first, and was executed, dropped or
/// lost by one cause.
/// </summary>
internal sealed class RunAccount(SwitchStatus status) : IAsyncDisposable
{
    public static IAsyncDisposable Of(SwitchStatus status) => new RunAccount(status);

    public ValueTask DisposeAsync()
    {
        DaemonSnapshot snapshot = status.Take();
        PacketAccount.ShouldBalance(snapshot);
        IEnumerable<IReadOnlyList<ListedRule>> rules =
            snapshot.Bridges.Select(bridge => (IReadOnlyList<ListedRule>)status.ListRules(bridge.Name, match: null, int.MaxValue).Rules);
        PacketAccount.ShouldBeCredited(snapshot, rules);
        return ValueTask.CompletedTask;
    }
}
