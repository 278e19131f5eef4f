using System.Collections.Concurrent;
using UpcallActors.Linux;

namespace UpcallActors.Tests;

/// <summary>What failed without anybody waiting for it while a test ran; others' work of the same time is among it.</summary>
internal sealed class UnattendedFailures : IDisposable
{
    private readonly ConcurrentQueue<UnattendedFailureEventArgs> _all = [];

    public UnattendedFailures() => UnattendedWork.Failed += OnFailed;

    public int Of(Exception failure) => _all.Count(failed => ReferenceEquals(failed.Failure, failure));

    public IEnumerable<string> Work => _all.Select(failed => failed.Work);

    public void Dispose() => UnattendedWork.Failed -= OnFailed;

    private void OnFailed(object? sender, UnattendedFailureEventArgs failed) => _all.Enqueue(failed);
}
