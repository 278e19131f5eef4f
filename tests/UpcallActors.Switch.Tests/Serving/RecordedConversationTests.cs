namespace UpcallActors.Switch.Tests;

/// <summary>
/// The recorded conversations of real clients with ovs-vswitchd, held again with a bridge of ours, one after the other: each finds the
/// flows, groups and meters that those before have left.
/// </summary>
public sealed class RecordedConversationTests
{
    private const string Actions = "actions and instructions that the catalogue does not have yet, and flows with them";
    private const string TunnelMetadata = "no field stands for an option of a tunnel yet";
    private const string Tables = "tables have settings that something else than OpenFlow gave them";
    private const string Unset = "ovs-vswitchd answers an unknown type with memory that it did not set";
    private const string Between = "what was done between two recordings is not recorded";

    /// <summary>Conversations that go otherwise, and why. One that goes well has to be taken out.</summary>
    private static readonly Dictionary<string, string> _waiting = new(StringComparer.Ordinal)
    {
        { "of10-add-flows", Actions },
        { "of10-bundle-refused-upgrades", Actions },
        { "of10-dump-aggregate", Actions },
        { "of10-dump-flows", Actions },
        { "of10-replace-flows", Actions },
        { "of11-dump-flows", Actions },
        { "of11-dump-tables", Actions },
        { "of13-add-flow-instructions", Actions },
        { "of13-add-flows", Actions },
        { "of13-bundle-add-flows", Actions },
        { "of13-bundle-replace-flows", Actions },
        { "of13-dump-flows", Actions },
        { "of13-dump-tables", Actions },
        { "of14-add-flows", Actions },
        { "of14-bundle-add-flows", Actions },
        { "of14-dump-flows", Actions },
        { "of14-dump-tables", Actions },
        { "of15-add-flow-instructions", Actions },
        { "of15-add-flows", Actions },
        { "of15-bundle-add-flows", Actions },
        { "of15-bundle-replace-flows", Actions },
        { "of15-dump-flows", Actions },
        { "of15-dump-tables", Actions },
        { "raw-bundle-states", Unset },
        { "raw-fm-bad-actions", Actions },
        { "of10-add-flow-tun-metadata", TunnelMetadata },
        { "of10-del-tlv-map-inuse", TunnelMetadata },
        { "of10-dump-flows-tun-metadata", TunnelMetadata },
        { "of10-dump-flows-meter-group", Between },
        { "of13-add-group", Between },
        { "of13-dump-flows-meter-group", Between },
        { "of14-dump-groups", Between },
        { "of15-bundle-mixed", Between },
        { "of15-dump-flows-meter-group", Between },
        { "of15-dump-group-stats", Between },
        { "of15-dump-groups", Between },
        { "of15-dump-groups-selection", Between },
        { "of10-table-full", Tables },
        { "of14-mod-table-evict", Tables },
        { "of14-table-full", Tables },
    };

    /// <summary>
    /// Those that a client has begun and that nothing else took part in. One that waits for a probe takes a minute, and that of a whole
    /// controller needs all of the catalogue.
    /// </summary>
    private static IEnumerable<Conversation> Undisturbed => Conversation.All.Where(one =>
        !one.IsDisturbed && one.Order > 100 && one.Name != "raw-idle-probe"
        && !one.Name.StartsWith("controller", StringComparison.Ordinal));

    [Fact]
    public async Task A_client_is_answered_as_ovs_vswitchd_answered_it()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        var different = new List<string>();
        foreach (Conversation conversation in Undisturbed)
        {
            using var replay = new ConversationReplay(served.Socket);
            IReadOnlyList<string> differences = await replay.RunAsync(conversation);
            // The next one finds what has become of the devices of ports that this one has changed.
            await served.SettleAsync();
            if (differences.Count > 0 != _waiting.ContainsKey(conversation.Name))
                different.Add($"{conversation.Name}: {string.Join('\n', differences.Take(3))}");
        }

        Assert.True(different.Count == 0, string.Join('\n', different));
        Assert.True(Undisturbed.Count() > 150);
    }
}
