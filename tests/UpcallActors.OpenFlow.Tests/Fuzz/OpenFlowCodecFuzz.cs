namespace UpcallActors.OpenFlow.Tests;

/// <summary>
/// Fuzz target: any bytes are a message or get an error; what was read is written in a form that says the same, and is written alike.
/// </summary>
public static class OpenFlowCodecFuzz
{
    /// <summary>What a fuzzer of one version begins with: what was recorded of it, and of others what it has alike.</summary>
    /// <param name="version">The number in the header.</param>
    public static IReadOnlyList<byte[]> Corpus(byte version) =>
    [
        .. from recorded in Recordings.Corpus
           where recorded.Length > 0
           let message = (byte[])[version, .. recorded.AsSpan(1)]
           where recorded[0] == version || OpenFlowCodec.Decode(message, out _) is null
           select message,
    ];

    /// <summary>Makes messages of a version that are as messages should be, but for some values and parts.</summary>
    public static Func<Random, byte[]> Structured(byte version)
    {
        var messages = new Lazy<ChangedMessages>(() => new ChangedMessages(Corpus(version)));
        return random => messages.Value.Next(random);
    }

    public static bool Run(ReadOnlySpan<byte> input)
    {
        byte[] message = input.ToArray();
        if (message.Length is >= OpenFlowHeader.Size and <= ushort.MaxValue)
        {
            // Else nearly each change of the length would end here.
            message[2] = (byte)(message.Length >> 8);
            message[3] = (byte)message.Length;
        }

        bool isRead = Run(message, hasTableId: false);
        return (message is [(byte)OpenFlowVersion.V10, ..] && Run(message, hasTableId: true)) || isRead;
    }

    private static bool Run(byte[] message, bool hasTableId)
    {
        if (OpenFlowCodec.Decode(message, out DecodedMessage? decoded, hasTableId) is not null)
            return false;
        byte[] once = Encode(decoded!);
        if (once.Length > ushort.MaxValue)
            return true;
        Show(OpenFlowCodec.Decode(once, out DecodedMessage? again, hasTableId)?.ToString(), once);
        Show(again!.Flags == decoded!.Flags ? null : $"flags {decoded.Flags} and {again.Flags}", once);
        Show(Contents.Difference(decoded.Body, again.Body, (one, other) => IsWrittenOtherwise(message[0], one, other)), once);
        byte[] twice = Encode(again);
        Show(twice.AsSpan().SequenceEqual(once) ? null : $"then {Convert.ToHexString(twice)}", once);
        return true;
    }

    /// <summary>Says in one line what is different, and what was written.</summary>
    private static void Show(string? difference, byte[] written)
    {
        if (difference is not null)
            throw new ShouldAssertException($"{difference}; written {Convert.ToHexString(written)}");
    }

    /// <summary>
    /// What Open vSwitch, too, reads in one form and writes in another: 1.1 has no room for most fields, though it reads them all; a
    /// field whose prerequisite is missing is left out, though a client may read it; and since 1.2 fields are set alike, though the old
    /// actions are read, and no field has all of a VLAN's tag, though one of NXM is read. A duration of seconds that stand for an unknown
    /// one is not written (<c>oxs_put_stats</c>).
    /// </summary>
    private static bool IsWrittenOtherwise(byte version, object one, object other) => (one, other) switch
    {
        (Match match, Match again) => (OpenFlowVersion)version == OpenFlowVersion.V11 || match.ToString() == again.ToString()
            || ((OpenFlowVersion)version >= OpenFlowVersion.V12 && WithoutTag(match).ToString() == again.ToString()),
        (ModifyAction or ModifyVlanAction or SetTunnelAction, SetFieldAction) => (OpenFlowVersion)version >= OpenFlowVersion.V12,
        (FlowCounters { DurationSeconds: uint.MaxValue } counters, FlowCounters again) =>
            counters with { DurationNanoseconds = again.DurationNanoseconds } == again,
        _ => false,
    };

    /// <summary>
    /// What OXM leaves of a match on the tag of a VLAN (<c>nx_put_raw</c>): the id with its mask, and the whole priority if there is a tag.
    /// </summary>
    private static Match WithoutTag(Match match)
    {
        const ushort id = 0x1fff;
        const ushort present = 0x1000;
        const ushort priority = 0xe000;
        Flow value = match.ToValue();
        Flow mask = match.ToMask();
        ushort bits = mask.Key.VlanTci;
        mask.Key.VlanTci = (ushort)((bits & id) | ((bits & priority) != 0 && (value.Key.VlanTci & present) != 0 ? priority : 0));
        value.Key.VlanTci &= mask.Key.VlanTci;
        return new Match(value, mask);
    }

    private static byte[] Encode(DecodedMessage message)
    {
        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, message);
        return writer.Written.ToArray();
    }
}
