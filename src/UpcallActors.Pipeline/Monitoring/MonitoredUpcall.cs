using System.Diagnostics;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>A copy of an upcall, taken when the datapath had handled its requests, for a monitor.</summary>
internal sealed record MonitoredUpcall
{
    /// <summary>Which one of its lane's it is, counted from 0.</summary>
    public required long Number { get; init; }

    /// <summary>When its batch was received, nanoseconds since 1970 UTC.</summary>
    public required long TimeNanoseconds { get; init; }

    /// <summary>From the batch's reception until its requests were handled.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>The lane.</summary>
    public required int Lane { get; init; }

    /// <summary>What it asked.</summary>
    public required UpcallClass Class { get; init; }

    /// <summary>The datapath port that it came in on; 0 for one that could not be read.</summary>
    public required uint DatapathPort { get; init; }

    /// <summary>The key's attributes, as the datapath sent them; empty for one that could not be read.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>The frame, or its beginning: as much of it as was asked for.</summary>
    public required ReadOnlyMemory<byte> Packet { get; init; }

    /// <summary>Bytes of the whole frame.</summary>
    public required int PacketLength { get; init; }

    /// <summary>The largest fragment it was put together from, bytes of layer 3; 0 for none.</summary>
    public required ushort Mru { get; init; }

    /// <summary>The MRU it was sent back with, where that is less; 0 where it is not.</summary>
    public required ushort ClampedMru { get; init; }

    /// <summary>The action attributes that were executed; empty for a packet that was dropped, or was not to be translated.</summary>
    public required ReadOnlyMemory<byte> Actions { get; init; }

    /// <summary>Whether its flow was put into the datapath.</summary>
    public required bool FlowPut { get; init; }

    /// <summary>Whether it shared the translation of an earlier one of its batch.</summary>
    public required bool IsDuplicate { get; init; }

    /// <summary>Why it was not translated to the end, if so.</summary>
    public required XlateError Error { get; init; }

    /// <summary>The error that the datapath answered its EXECUTE with, if it did.</summary>
    public required Errno ExecuteError { get; init; }

    /// <summary>
    /// The error that the datapath answered its flow put with, if it did; none, too, where the datapath had it already:
    /// packets of the flow that came at once were in several batches.
    /// </summary>
    public required Errno FlowPutError { get; init; }

    /// <summary>Whether its actions, or these and its key, were too long to be remembered, and are not here.</summary>
    public bool IsCut { get; init; }

    internal static MonitoredUpcall Of(in UpcallFacts facts, int lane, long number, UpcallClock clock,
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> packet, ReadOnlyMemory<byte> actions) => new()
        {
            Number = number,
            TimeNanoseconds = clock.NanosecondsAt(facts.ReceivedAt),
            Latency = Stopwatch.GetElapsedTime(facts.ReceivedAt, facts.HandledAt),
            Lane = lane,
            Class = facts.Class,
            DatapathPort = facts.DatapathPort,
            Key = key,
            Packet = packet,
            PacketLength = facts.PacketLength,
            Mru = facts.Mru,
            ClampedMru = facts.ClampedMru,
            Actions = actions,
            FlowPut = facts.FlowPut,
            IsDuplicate = facts.IsDuplicate,
            Error = facts.Error,
            ExecuteError = facts.ExecuteError,
            FlowPutError = facts.FlowPutError,
        };
}
