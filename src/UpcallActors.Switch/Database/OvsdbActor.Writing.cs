using Akka.Actor;
using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <content>What has become of it goes to the database.</content>
internal sealed partial class OvsdbActor
{
    /// <summary>Before a refused write is tried again (<c>STATUS_CHECK_AGAIN_MSEC</c>).</summary>
    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(100);

    /// <summary>The default, and the least (<c>stats-update-interval</c>).</summary>
    private static readonly TimeSpan _leastInterval = TimeSpan.FromMilliseconds(5000);

    private long? _transaction;
    private bool _isWriteDue;
    private ITimer? _writeTimer;
    private ITimer? _statisticsTimer;
    private IReadOnlyDictionary<(string Bridge, string Name), InterfaceStatistics>? _counted;

    private void BeginStatistics()
    {
        _writeTimer = TimerOf(Self, WriteDue.Instance);
        _statisticsTimer = TimerOf(Self, StatisticsDue.Instance);
        _statisticsTimer.Change(_leastInterval, Timeout.InfiniteTimeSpan);
    }

    private void EndStatistics()
    {
        _writeTimer?.Dispose();
        _statisticsTimer?.Dispose();
    }

    private void HandleWriting(object message)
    {
        switch (message)
        {
            case StatisticsDue when progress.Running is { } running && _session is { HasLock: true, IsWatching: true }:
                _ = CountAsync(Self, running);
                break;
            case StatisticsDue:
                _statisticsTimer!.Change(_leastInterval, Timeout.InfiniteTimeSpan);
                break;
            case StatisticsCounted counted:
                _counted = counted.Counted;
                WriteIfDue();
                _statisticsTimer!.Change(IntervalOfStatistics(), Timeout.InfiniteTimeSpan);
                break;
            case WriteDue:
                WriteIfDue();
                break;
        }
    }

    private TimeSpan IntervalOfStatistics()
    {
        OvsdbRow? top = _session?.Cache.Rows("Open_vSwitch").FirstOrDefault();
        long? said = top is null ? null : DatabaseReading.NumberOf(top, "other_config", "stats-update-interval");
        return said is { } milliseconds && milliseconds > _leastInterval.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue))
            : _leastInterval;
    }

    private static async Task CountAsync(IActorRef self, RunningSwitch running)
    {
#pragma warning disable CA1031 // The next count may come; should the switch have ended, others know.
        try
        {
            self.Tell(new StatisticsCounted(await running.CountAsync().ConfigureAwait(false)), ActorRefs.NoSender);
        }
        catch (Exception)
        {
            self.Tell(new StatisticsCounted(null), ActorRefs.NoSender);
        }
#pragma warning restore CA1031
    }

    /// <summary>
    /// Writes what differs, unless something is out: then when that has ended. What was counted goes by itself, behind what whoever has
    /// changed the configuration waits for.
    /// </summary>
    private void WriteIfDue()
    {
        if (progress.Applied is not { } applied || _session is not { IsWatching: true, HasLock: true } session)
            return;
        if (_transaction is not null)
        {
            _isWriteDue = true;
            return;
        }

        OvsdbTransaction transaction = progress.Writer.Write(session.Cache, applied, progress.State, progress.Running!.DatapathType);
        if (transaction.IsEmpty && _counted is { } counted)
        {
            _counted = null;
            transaction = DatabaseWriter.WriteStatistics(session.Cache, applied, counted);
            ControllerColumns.Write(session.Cache, applied, progress.Running.Controllers, options.Time, transaction);
        }

        if (!transaction.IsEmpty)
            _transaction = session.Transact(transaction);
        else
            progress.NoteConfigured();
    }

    private void NoteWritten(TransactionEnded ended)
    {
        if (ended.Id != _transaction)
            return;
        _transaction = null;
        progress.NoteConfigured();
        if (ended.Error is { } error)
        {
            options.Logger.TransactionRefused(error);
            _writeTimer!.Change(_again, Timeout.InfiniteTimeSpan);
        }
        else if (_isWriteDue || _counted is not null)
        {
            _isWriteDue = false;
            WriteIfDue();
        }
    }

    private void ForgetTransaction()
    {
        _transaction = null;
        _isWriteDue = false;
    }
}
