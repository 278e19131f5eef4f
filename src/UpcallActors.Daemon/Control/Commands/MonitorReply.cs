using System.Text.Json.Serialization;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>The answer to <c>upcall-actors/monitor-start</c>.</summary>
/// <param name="Session">What to read from.</param>
internal sealed record MonitorStarted(long Session);

/// <summary>The answer to <c>upcall-actors/monitor-read</c>.</summary>
/// <param name="Missed">Upcalls since the session's start that the reader was too slow for.</param>
/// <param name="Upcalls">The next ones, oldest first; none when none came in time.</param>
internal sealed record MonitorReply(long Missed, IReadOnlyList<UpcallLine> Upcalls);

/// <summary>The answer to <c>upcall-actors/recent</c>.</summary>
/// <param name="Looked">
/// Of each lane the number up to which all its upcalls have been looked at: a session that was started before tells of those from it on.
/// </param>
/// <param name="Upcalls">Those that are remembered, oldest first.</param>
internal sealed record RecentReply(IReadOnlyList<long> Looked, IReadOnlyList<UpcallLine> Upcalls);

/// <summary>An upcall, as a monitor shows it.</summary>
internal sealed record UpcallLine
{
    /// <summary>When its batch was received.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The lane.</summary>
    public required int Lane { get; init; }

    /// <summary>Which one of its lane's it is, counted from 0.</summary>
    public required long Number { get; init; }

    /// <summary>What it asked: miss, slow_path, controller, sflow, flow_sample, ipfix, bad.</summary>
    public required string Class { get; init; }

    /// <summary>The datapath's port, by name where it has one.</summary>
    public required string InPort { get; init; }

    /// <summary>The key, as <c>ovs-dpctl</c> writes it; empty for one that could not be read.</summary>
    public required string Key { get; init; }

    /// <summary>The largest fragment it was put together from, bytes of layer 3; 0 for none.</summary>
    public required int Mru { get; init; }

    /// <summary>The MRU it was sent back with, where that is less; 0 where it is not.</summary>
    public required int ClampedMru { get; init; }

    /// <summary>Bytes of the frame.</summary>
    public required int PacketLength { get; init; }

    /// <summary>What was done with it, as <c>ovs-dpctl</c> writes actions; null for what is not translated, such as a sample.</summary>
    public string? Actions { get; init; }

    /// <summary>Whether its flow was put into the datapath.</summary>
    public required bool FlowPut { get; init; }

    /// <summary>Whether it shared the translation of an earlier one of its batch.</summary>
    public required bool Duplicate { get; init; }

    /// <summary>Why it was not translated to the end; null if it was.</summary>
    public string? Error { get; init; }

    /// <summary>The errno that the datapath answered its EXECUTE with; 0 for none.</summary>
    public required int Errno { get; init; }

    /// <summary>That errno in words; null for none.</summary>
    public string? ErrnoText { get; init; }

    /// <summary>
    /// The errno that the datapath answered its flow put with; 0 for none, also where an upcall of another batch has
    /// brought the same flow.
    /// </summary>
    public required int FlowPutErrno { get; init; }

    /// <summary>That errno in words; null for none.</summary>
    public string? FlowPutErrnoText { get; init; }

    /// <summary>From its batch's reception until its requests were handled.</summary>
    public required double LatencySeconds { get; init; }

    /// <summary>Whether its actions, or these and its key, were too long to be remembered, and are not here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Cut { get; init; }

    /// <summary>The frame; null unless it was asked for.</summary>
    public byte[]? Packet { get; init; }
}

/// <summary>How monitors' answers are written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MonitorStarted))]
[JsonSerializable(typeof(MonitorReply))]
[JsonSerializable(typeof(RecentReply))]
internal sealed partial class MonitorJson : JsonSerializerContext;
