using System.Globalization;

namespace UpcallActors.OpenFlow.Tests;

/// <summary>The codec on each message that a real client or the real switch sent.</summary>
public sealed class RecordedMessageTests
{
    // What waits for an action, an instruction or a field of the catalogue, by layout and error, with the number of recorded messages.
    private static readonly string[] _waiting =
    [
        "NXST_FLOW_REPLY OFPBAC_BAD_VENDOR_TYPE 2",
        "NXST_FLOW_REPLY OFPBMC_BAD_FIELD 1",
        "NXT_FLOW_MOD OFPBAC_BAD_VENDOR_TYPE 4",
        "NXT_FLOW_MOD OFPBMC_BAD_FIELD 1",
        "OFPST11_FLOW_REPLY OFPBAC_BAD_VENDOR_TYPE 1",
        "OFPST13_FLOW_REPLY OFPBAC_BAD_VENDOR_TYPE 3",
        "OFPST15_FLOW_REPLY OFPBAC_BAD_VENDOR_TYPE 2",
        "OFPT11_FLOW_MOD OFPBAC_BAD_ARGUMENT 2",
        "OFPT11_FLOW_MOD OFPBAC_BAD_SET_ARGUMENT 4",
        "OFPT11_FLOW_MOD OFPBAC_BAD_TYPE 8",
        "OFPT11_FLOW_MOD OFPBAC_BAD_VENDOR_TYPE 40",
        "OFPT11_FLOW_MOD OFPBIC_UNSUP_INST 2",
    ];

    // What the switch refused for its form, in the order of the recordings.
    private static readonly string[] _refused =
    [
        "raw-fm-bad-actions.txt OFPBAC_BAD_LEN",
        "raw-fm-bad-actions.txt OFPBAC_BAD_TYPE",
        "raw-fm-bad-actions.txt OFPBIC_BAD_TABLE_ID",
        "raw-fm-bad-actions.txt OFPBIC_DUP_INST",
        "raw-fm-bad-actions.txt OFPBAC_BAD_OUT_PORT",
        "raw-fm-bad-actions.txt OFPBIC_UNKNOWN_INST",
        "raw-fm-bad-command.txt OFPFMFC_BAD_COMMAND",
        "raw-fm-bad-command.txt OFPFMFC_BAD_FLAGS",
        "raw-fm-prereq.txt OFPBMC_BAD_PREREQ",
        "raw-fm-prereq.txt OFPBMC_DUP_FIELD",
        "raw-fm-prereq.txt OFPBMC_BAD_WILDCARDS",
        "raw-fm-prereq.txt OFPBMC_BAD_FIELD",
        "raw-fm-prereq.txt OFPBMC_BAD_MASK",
        "raw-fm-table-255-add.txt OFPFMFC_BAD_TABLE_ID",
        "raw-fm-table-255-add.txt OFPBRC_EPERM",
        "raw-fm-table-255-add.txt OFPBRC_EPERM",
        "raw-groups.txt OFPGMFC_INVALID_GROUP",
        "raw-groups.txt OFPGMFC_INVALID_GROUP",
        "raw-groups.txt OFPGMFC_BAD_TYPE",
        "raw-groups.txt OFPGMFC_BAD_COMMAND",
        "raw-meters.txt OFPMMFC_BAD_FLAGS",
        "raw-packet-out-errors.txt OFPBAC_BAD_OUT_PORT",
        "raw-roles.txt OFPRRFC_BAD_ROLE",
        "raw-short-flow-mod.txt OFPBRC_BAD_LEN",
        "raw-tlv.txt NXTTMFC_BAD_FIELD_IDX",
        "raw-tlv.txt NXTTMFC_BAD_OPT_LEN",
        "raw-trailing-garbage.txt OFPBRC_BAD_LEN",
        "raw-trailing-garbage.txt OFPBRC_BAD_LEN",
        "raw-unknown-multipart.txt OFPBRC_BAD_STAT",
        "raw-unknown-multipart.txt OFPBRC_BAD_SUBTYPE",
        "raw-unknown-type.txt OFPBRC_BAD_TYPE",
        "raw-unknown-vendor.txt OFPBRC_BAD_VENDOR",
        "raw-unknown-vendor.txt OFPBRC_BAD_SUBTYPE",
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
        string[] refused =
        [
            .. from recorded in Recordings.All
               where recorded.IsFromClient && IsRefusedAlike(recorded)
               let error = Decode(recorded, out _)!
               select $"{recorded.File} {error}",
        ];

        refused.ShouldBe(_refused, string.Join('\n', refused.Select(line => $"        \"{line}\",")));
    }

    private static string? Fault(RecordedMessage recorded)
    {
        if (recorded.Bytes.Length < OpenFlowHeader.Size || IsRefusedAlike(recorded))
            return null;
        if (Decode(recorded, out DecodedMessage? decoded) is { } error)
        {
            OpenFlowCodec.FindForm(recorded.Bytes, out MessageForm? form);
            return $"{form?.Name ?? "(unknown)"} {error}";
        }

        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, decoded!);
        return writer.Written.SequenceEqual(recorded.Bytes) ? null : $"{decoded!.Form} differs";
    }

    private static OpenFlowError? Decode(RecordedMessage recorded, out DecodedMessage? decoded) =>
        OpenFlowCodec.Decode(recorded.Bytes, out decoded, Recordings.WithTableId.Contains(recorded.File));

    private static bool IsRefusedAlike(RecordedMessage recorded) =>
        recorded.Bytes.Length >= OpenFlowHeader.Size && Decode(recorded, out _) is { } error && Answer(recorded) is { } code
            && error.In((OpenFlowVersion)recorded.Bytes[0]) == code;

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
