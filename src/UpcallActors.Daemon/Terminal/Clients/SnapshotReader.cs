using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using UpcallActors.Pipeline;
using UpcallActors.Unixctl;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>Reads a daemon's snapshot, and sees that nothing is missing: the daemon may be of another version than its client.</summary>
internal static class SnapshotReader
{
    private const string Unreadable = "the daemon's snapshot cannot be read; is it of another version?";

    /// <summary>Reads it. Throws <see cref="DaemonClientException"/> when it is none.</summary>
    public static DaemonSnapshot Read(string text)
    {
        try
        {
            DaemonSnapshot? snapshot = JsonSerializer.Deserialize(text, SnapshotJson.Default.DaemonSnapshot);
            return snapshot is not null && IsWhole(snapshot) ? snapshot : throw new DaemonClientException(Unreadable);
        }
        catch (JsonException malformed)
        {
            throw new DaemonClientException($"{Unreadable} {malformed.Message}", malformed);
        }
    }

    // What a reader of JSON does not see to: arrays that are null, and null or the same thing twice in one.
    private static bool IsWhole(DaemonSnapshot snapshot) =>
        AreWhole(snapshot.Bridges, bridge => bridge.Name)
        && AreWhole(snapshot.Lanes, lane => lane.Lane)
        && AreWhole(snapshot.Classes, entry => entry.Class)
        && AreWhole(snapshot.Losses, loss => loss.Cause)
        && AreWhole(snapshot.Drops, drop => drop.Cause)
        && AreWhole(snapshot.Errors, error => (error.Request, error.Errno))
        && AreWhole(snapshot.Ports, port => port.Number)
        && AreWhole(snapshot.WaitingPorts, port => (port.Bridge, port.Name))
        && !snapshot.Latency.Counts.IsDefault
        && snapshot.Latency.Counts.Length == LatencyBounds.Buckets;

    private static bool AreWhole<T, TKey>(ImmutableArray<T> parts, Func<T, TKey> key)
        where T : class =>
        !parts.IsDefault && parts.All(part => part is not null) && parts.DistinctBy(key).Count() == parts.Length;
}

/// <summary>How snapshots are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DaemonSnapshot))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
