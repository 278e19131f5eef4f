using System.Text.Json;

namespace UpcallActors.Web;

/// <summary>
/// Snapshots as JSON, taken on request and at most four times a second, however many clients ask. Without a client there is no cost.
/// Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A SemaphoreSlim whose wait handle nobody asks for holds nothing.
internal sealed class SnapshotCache(IStatusSource source, TimeProvider time)
#pragma warning restore CA1001
{
    private static readonly TimeSpan _freshness = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _turn = new(1);
    private byte[] _json = [];
    private long _takenAt;

    /// <summary>The last one, if it is fresh, or a new one.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_json.Length == 0 || time.GetElapsedTime(_takenAt) > _freshness)
            {
                _json = JsonSerializer.SerializeToUtf8Bytes(source.Take(), StatusJson.Default.DaemonSnapshot);
                _takenAt = time.GetTimestamp();
            }

            return _json;
        }
        finally
        {
            _turn.Release();
        }
    }
}
