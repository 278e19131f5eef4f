using System.Globalization;

namespace UpcallActors.OpenFlow.Tests;

/// <summary>The codec on each message that a real client or the real switch sent.</summary>
public sealed class RecordedMessageTests
{
    // What cannot be read yet, by layout and error, with the number of recorded messages. Nothing else is left out.
    private static readonly string[] _waiting =
    [
        "NXST_AGGREGATE_REQUEST OFPBRC_BAD_STAT 2",
        "NXST_FLOW_MONITOR_REPLY OFPBRC_BAD_STAT 9",
        "NXST_FLOW_MONITOR_REQUEST OFPBRC_BAD_STAT 2",
        "NXST_FLOW_REPLY OFPBRC_BAD_STAT 8",
        "NXST_FLOW_REQUEST OFPBRC_BAD_STAT 6",
        "NXST_GROUP_DESC_REPLY OFPBRC_BAD_STAT 1",
        "NXT_FLOW_MOD OFPBRC_BAD_SUBTYPE 23",
        "NXT_PACKET_IN OFPBRC_BAD_SUBTYPE 3",
        "NXT_PACKET_IN2 OFPBRC_BAD_SUBTYPE 10",
        "NXT_RESUME OFPBRC_BAD_SUBTYPE 4",
        "OFPST11_AGGREGATE_REQUEST OFPBRC_BAD_STAT 1",
        "OFPST11_FLOW_REPLY OFPBRC_BAD_STAT 1",
        "OFPST11_FLOW_REQUEST OFPBRC_BAD_STAT 17",
        "OFPST11_GROUP_DESC_REPLY OFPBRC_BAD_STAT 6",
        "OFPST13_FLOW_REPLY OFPBRC_BAD_STAT 12",
        "OFPST13_GROUP_REPLY OFPBRC_BAD_STAT 3",
        "OFPST14_FLOW_MONITOR_REPLY OFPBRC_BAD_STAT 12",
        "OFPST14_FLOW_MONITOR_REQUEST OFPBRC_BAD_STAT 2",
        "OFPST15_FLOW_REPLY OFPBRC_BAD_STAT 9",
        "OFPT10_FLOW_MOD OFPBRC_BAD_TYPE 10",
        "OFPT10_FLOW_REMOVED OFPBRC_BAD_TYPE 3",
        "OFPT10_PACKET_IN OFPBRC_BAD_TYPE 2",
        "OFPT10_PACKET_OUT OFPBRC_BAD_TYPE 2",
        "OFPT10_QUEUE_GET_CONFIG_REPLY OFPBRC_BAD_TYPE 1",
        "OFPT10_QUEUE_GET_CONFIG_REQUEST OFPBRC_BAD_TYPE 1",
        "OFPT11_FLOW_MOD OFPBRC_BAD_TYPE 72",
        "OFPT11_FLOW_REMOVED OFPBRC_BAD_TYPE 10",
        "OFPT11_GROUP_MOD OFPBRC_BAD_TYPE 19",
        "OFPT11_PACKET_OUT OFPBRC_BAD_TYPE 7",
        "OFPT13_PACKET_IN OFPBRC_BAD_TYPE 5",
        "OFPT15_FLOW_REMOVED OFPBRC_BAD_TYPE 3",
        "OFPT15_GROUP_MOD OFPBRC_BAD_TYPE 8",
        "OFPT15_PACKET_OUT OFPBRC_BAD_TYPE 1",
        "ONFST13_FLOW_MONITOR_REPLY OFPBRC_BAD_STAT 6",
        "ONFST13_FLOW_MONITOR_REQUEST OFPBRC_BAD_STAT 1",
    ];

    [Fact]
    public void Each_recorded_message_is_written_as_it_was_read_or_refused_as_the_switch_did()
    {
        Recordings.All.Count.ShouldBeGreaterThan(2900);
        var waiting = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (RecordedMessage recorded in Recordings.All)
        {
            if (Fault(recorded) is not { } fault)
                continue;
            waiting[fault] = waiting.GetValueOrDefault(fault) + 1;
        }

        string[] found = [.. waiting.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value}"))];
        found.ShouldBe(_waiting, string.Join('\n', found.Select(line => $"        \"{line}\",")));
    }

    [Fact]
    public void What_the_switch_refused_for_its_form_is_refused_with_the_same_code()
    {
        int refused = 0;
        foreach (RecordedMessage recorded in Recordings.All)
        {
            if (!recorded.IsFromClient || recorded.Bytes.Length < OpenFlowHeader.Size)
                continue;
            OpenFlowCodec.FindForm(recorded.Bytes, out MessageForm? form);
            if (form is not { Decode: null } && Answer(recorded) is { } code && OpenFlowCodec.Decode(recorded.Bytes, out _) is { } error)
            {
                error.In((OpenFlowVersion)recorded.Bytes[0]).ShouldBe(code, $"{recorded.File} {Convert.ToHexString(recorded.Bytes)}");
                refused++;
            }
        }

        refused.ShouldBe(11);
    }

    private static string? Fault(RecordedMessage recorded)
    {
        OpenFlowError? error = OpenFlowCodec.Decode(recorded.Bytes, out DecodedMessage? decoded);
        if (error is not null)
        {
            if (Answer(recorded) == error.In((OpenFlowVersion)recorded.Bytes[0]) && Answer(recorded) is not null)
                return null;
            if (recorded.Bytes.Length < OpenFlowHeader.Size)
                return null;
            OpenFlowCodec.FindForm(recorded.Bytes, out MessageForm? form);
            return $"{form?.Name ?? "(unknown)"} {error}";
        }

        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, decoded!);
        return writer.Written.SequenceEqual(recorded.Bytes) ? null : $"{decoded!.Form} differs";
    }

    /// <summary>The error that the switch answered, if it did.</summary>
    private static ErrorCode? Answer(RecordedMessage recorded)
    {
        foreach (RecordedMessage other in Recordings.All)
        {
            if (other.File == recorded.File && !other.IsFromClient
                && OpenFlowCodec.Decode(other.Bytes, out DecodedMessage? answer) is null
                && answer!.Body is ErrorMessage error && error.Data.AsSpan().SequenceEqual(recorded.Bytes))
                return error.Code;
        }

        return null;
    }
}
