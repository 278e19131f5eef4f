namespace UpcallActors.Daemon.Replay.Reports;

/// <summary>A form in which the replay's rows are shown.</summary>
internal interface IReplayReport
{
    /// <summary>Shows rows as they come, in the order of the recordings, and returns them all.</summary>
    Task<IReadOnlyList<ReplayRow>> ShowAsync(IReadOnlyList<Recording> recordings, IAsyncEnumerable<ReplayRow> rows);
}
