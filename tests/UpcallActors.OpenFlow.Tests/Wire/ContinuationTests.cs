namespace UpcallActors.OpenFlow.Tests;

/// <summary>What a paused packet's packet-in carries for its way back.</summary>
public sealed class ContinuationTests
{
    /// <summary>The continuations that the real switch sent, and controllers gave back.</summary>
    internal static IReadOnlyList<(OpenFlowVersion Version, byte[] Bytes)> Recorded { get; } =
    [
        .. from recorded in Recordings.All
           let message = Decoded(recorded.Bytes)
           where message?.Body is PacketInMessage { Continuation.IsEmpty: false }
           select ((OpenFlowVersion)message.Header.Version, ((PacketInMessage)message.Body).Continuation.ToArray()),
    ];

    private static Continuation Full { get; } = new()
    {
        Bridge = new UInt128(0x1122_3344_5566_7788, 0x99aa_bbcc_ddee_ff00),
        IsConntracked = true,
        Actions =
        [
            new(OutputAction.To(2), 0, 0),
            new(new ResubmitAction(null, 7, withConnection: false), 0, 0),
            new(OutputAction.To(3), 4, 0x1234),
            new(OutputAction.To(4), 4, ulong.MaxValue),
            new(OutputAction.To(5), 0, ulong.MaxValue),
        ],
        DatapathPort = 9,
        Mru = 1496,
        Hash = 0x3_dead_beef,
        UpcallPid = 77,
    };

    public static TheoryData<string, string, string> Refused => new()
    {
        { "no bridge", "8003000400000000", "NXR_STALE" },
        { "a cut bridge", "8000000c0102030405060708" + "00000000", "OFPBPC_BAD_LEN" },
        { "a length of 3", "8000000300000000", "OFPBPC_BAD_LEN" },
        { "a length behind the end", "8000001401020304", "OFPBPC_BAD_LEN" },
        { "no padding", "800400050", "OFPBPC_BAD_LEN" },
        { "actions without their padding", "8006000400000000", "OFPBPC_BAD_LEN" },
        { "actions of 4 bytes", "8006000c0000000000000000" + "00000000", "OFPBRC_BAD_LEN" },
        { "an action that is not there", "8006001000000000" + "00ff000800000000", "OFPBAC_BAD_TYPE" },
        { "a stack", "8001000501000000", "OFPBPC_BAD_VALUE" },
        { "a property of nobody", "8009000400000000", "OFPBPC_BAD_TYPE" },
        { "an experimenter's that is not ours", "ffff000c0000232000000001" + "00000000", "OFPBPC_BAD_EXP_TYPE" },
        { "ours, cut", "ffff001055504143" + "0000000100000000", "OFPBPC_BAD_LEN" },
        {
            "an MRU that leaves no room", "ffff001a55504143" + "0000000100000000" + "0000000000000000" + "0043000000000000",
            "OFPBPC_BAD_EXP_VALUE"
        },
        { "ours without a number", "ffff000855504143", "OFPBPC_BAD_EXP_TYPE" },
        { "a cut cookie", "8005000c00000000" + "0102030400000000", "OFPBPC_BAD_LEN" },
    };

    [Fact]
    public void Those_of_the_real_switch_are_read_and_written_as_they_were()
    {
        Recorded.Count.ShouldBeGreaterThan(3);
        foreach ((OpenFlowVersion version, byte[] bytes) in Recorded)
        {
            Continuation.Decode(version, bytes, out Continuation? read).ShouldBeNull();
            read!.Actions.ShouldNotBeEmpty();
            read.DatapathPort.ShouldBe(1u);
            read.Encode(version).ShouldBe(bytes);
        }
    }

    [Theory]
    [InlineData(OpenFlowVersion.V10)]
    [InlineData(OpenFlowVersion.V13)]
    [InlineData(OpenFlowVersion.V15)]
    public void All_of_it_comes_back_in_each_version(object version)
    {
        var spoken = (OpenFlowVersion)version;
        Continuation.Decode(spoken, Full.Encode(spoken).AsSpan(), out Continuation? back).ShouldBeNull();
        (back! with { Actions = [] }).ShouldBe(Full with { Actions = [] });
        Text(back).ShouldBe(Text(Full));
    }

    [Fact]
    public void A_goto_table_comes_back_as_a_resubmit_which_can_stand_among_actions()
    {
        Continuation paused = Full with { Actions = [new(new GotoTableAction(5), 2, 3)] };
        Continuation.Decode(OpenFlowVersion.V13, paused.Encode(OpenFlowVersion.V13).AsSpan(), out Continuation? back).ShouldBeNull();
        Text(back!).ShouldBe(["resubmit(,5) 2 3"]);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_a_controller_has_changed_is_refused_with_the_error_that_says_why(string what, string bytes, string error)
    {
        const string Bridge = "800000140102030405060708090a0b0c0d0e0f1000000000";
        byte[] given = Convert.FromHexString((what is "no bridge" ? "" : Bridge) + bytes[..(bytes.Length & ~1)]);
        Continuation.Decode(OpenFlowVersion.V13, given, out _)?.Name.ShouldBe(error, what);
        Continuation.Decode(OpenFlowVersion.V13, given, out _).ShouldNotBeNull(what);
    }

    private static DecodedMessage? Decoded(byte[] bytes) =>
        OpenFlowCodec.Decode(bytes, out DecodedMessage? decoded) is null ? decoded : null;

    private static string[] Text(Continuation continuation) =>
        [.. continuation.Actions.Select(action => $"{action.Action} {action.Table} {action.Cookie}")];
}
