using Akka.Actor;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <content>What is told to the actor.</content>
internal sealed partial class OvsdbActor
{
    private static readonly TimeSpan _longestAttempt = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _probeInterval = TimeSpan.FromSeconds(5);

    private bool _isRestarted;

    /// <summary>There is a switch now.</summary>
    internal sealed record SwitchAttached(RunningSwitch Running) : INoSerializationVerificationNeeded;

    /// <summary>There is a pipeline now.</summary>
    internal sealed record PipelineAttached(UpcallPipeline Pipeline) : INoSerializationVerificationNeeded;

    /// <summary>End.</summary>
    internal sealed class Stop : INoSerializationVerificationNeeded
    {
        public static readonly Stop Instance = new();
    }

    /// <summary>It is time to connect.</summary>
    private sealed class ConnectDue : INoSerializationVerificationNeeded
    {
        public static readonly ConnectDue Instance = new();
    }

    /// <summary>What came of an attempt to connect.</summary>
    private sealed record Attempt(OvsdbConnection? Connection, string Reason) : INoSerializationVerificationNeeded;

    /// <summary>What came of a configuration.</summary>
    private sealed record ConfigurationApplied(DatabaseContents Contents, SwitchState? State, Exception? Failure)
        : INoSerializationVerificationNeeded;

    /// <summary>The switch is in another state. Who tells it waits until that is taken.</summary>
    private sealed record StateSeen(SwitchState State, TaskCompletionSource Taken) : INoSerializationVerificationNeeded;

    /// <summary>It is time to write once more what was refused.</summary>
    private sealed class WriteDue : INoSerializationVerificationNeeded
    {
        public static readonly WriteDue Instance = new();
    }

    /// <summary>It is time to look at what ports have counted.</summary>
    private sealed class StatisticsDue : INoSerializationVerificationNeeded
    {
        public static readonly StatisticsDue Instance = new();
    }

    /// <summary>What ports have counted; null if the switch cannot say.</summary>
    private sealed record StatisticsCounted(IReadOnlyDictionary<(string Bridge, string Name), InterfaceStatistics>? Counted)
        : INoSerializationVerificationNeeded;
}
