using System.Collections.Immutable;
using UpcallActors.Ovsdb;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// What <c>Open_vSwitch</c>'s column <c>other_config</c> says of the whole switch; what is null was not said, and stays as it is
/// configured elsewhere.
/// </summary>
internal sealed record DatabaseSettings
{
    private static readonly TimeSpan _leastIdle = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _leastRound = TimeSpan.FromMilliseconds(100);

    /// <summary>Those that would need what the switch does not do. Of the others some ask for what it does anyway.</summary>
    private static readonly ImmutableArray<(string Key, string[] Harmless)> _unsupported =
    [
        ("n-handler-threads", []), ("n-revalidator-threads", []), ("bundle-idle-timeout", []), ("vlan-limit", ["0", "2"]),
        ("enable-statistics", ["false"]), ("hw-offload", ["false"]), ("tc-policy", []), ("dpdk-init", ["false"]), ("pmd-cpu-mask", []),
        ("userspace-tso-enable", ["false"]), ("offload-rebalance", ["false"]), ("emc-insert-inv-prob", []), ("smc-enable", ["false"]),
    ];

    /// <summary>Most flows in the datapath.</summary>
    public int? FlowLimit { get; init; }

    /// <summary>How long a flow stays without packets.</summary>
    public TimeSpan? MaxIdle { get; init; }

    /// <summary>Most time from one round of revalidation to the next.</summary>
    public TimeSpan? MaxRevalidator { get; init; }

    /// <summary>Packets per second below which a flow is not worth being translated again when rounds are slow.</summary>
    public int? MinRevalidatePps { get; init; }

    /// <summary>Whether flows are still to be restored: packets and flows of the datapath are left alone until then.</summary>
    public bool WaitsForFlows { get; init; }

    /// <summary>Reads them. Numbers out of range are brought into it, as Open vSwitch does.</summary>
    public static DatabaseSettings Read(OvsdbRow row)
    {
        long? Of(string key) => DatabaseReading.NumberOf(row, "other_config", key) is { } number and >= 0 ? number : null;
        return new DatabaseSettings
        {
            FlowLimit = Of("flow-limit") is { } limit ? (int)Math.Clamp(limit, 1, int.MaxValue) : null,
            MaxIdle = Of("max-idle") is { } idle ? Time(idle, _leastIdle) : null,
            MaxRevalidator = Of("max-revalidator") is { } round ? Time(round, _leastRound) : null,
            MinRevalidatePps = Of("min-revalidate-pps") is { } rate ? (int)Math.Min(rate, int.MaxValue) : null,
            WaitsForFlows = row.Entry("other_config", "flow-restore-wait") == "true",
        };
    }

    /// <summary>What is said that the switch does not do.</summary>
    public static IEnumerable<string> UnsupportedIn(OvsdbRow row) =>
        from one in _unsupported
        let said = row.Entry("other_config", one.Key)
        where said is not null && !one.Harmless.Contains(said)
        select $"other_config:{one.Key}={said}";

    /// <summary>The settings of revalidators by these, and by others for what is not said.</summary>
    public RevalidatorSettings Over(RevalidatorSettings others) => others with
    {
        FlowLimit = FlowLimit ?? others.FlowLimit,
        MaxIdle = MaxIdle ?? others.MaxIdle,
        MaxRevalidator = MaxRevalidator ?? others.MaxRevalidator,
        MinRevalidatePps = MinRevalidatePps ?? others.MinRevalidatePps,
    };

    private static TimeSpan Time(long milliseconds, TimeSpan least) =>
        TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, (long)least.TotalMilliseconds, int.MaxValue));
}
