using Akka.Actor;

namespace UpcallActors.Pipeline;

/// <content>Its messages, and what it collects for its revalidators.</content>
internal sealed partial class RevalidationLeader
{
    /// <summary>What a caller asks.</summary>
    internal enum RequestKind
    {
        /// <summary>The end of a round that has not begun yet.</summary>
        Wait,

        /// <summary>That all flows are deleted.</summary>
        Purge,

        /// <summary>No round runs, and none begins.</summary>
        Pause,

        /// <summary>That rounds begin again.</summary>
        Resume,
    }

    /// <summary>A request of a caller, which is answered when it is done.</summary>
    internal sealed record Request(RequestKind Kind, TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    /// <summary>To the pipeline: flows that were there before us are taken over.</summary>
    internal sealed class Adopted : INoSerializationVerificationNeeded
    {
        public static readonly Adopted Instance = new();

        private Adopted()
        {
        }
    }

    private sealed record RevalidatorFailed(int Partition) : INoSerializationVerificationNeeded;

    private sealed class Adopt : INoSerializationVerificationNeeded
    {
        public static readonly Adopt Instance = new();
    }

    /// <summary>Time for a round, or something has changed.</summary>
    private sealed class Wake : INoSerializationVerificationNeeded
    {
        public static readonly Wake Instance = new();
    }

    private sealed class ReadDump : INoSerializationVerificationNeeded
    {
        public static readonly ReadDump Instance = new();
    }

    /// <summary>Flows for one revalidator until they make a message.</summary>
    private sealed class Chunk
    {
        private FlowReport[] _flows = new FlowReport[ChunkLength];
        private int _count;

        /// <summary>Adds a flow; true when there is no room for another.</summary>
        public bool Add(in FlowReport flow)
        {
            _flows[_count++] = flow;
            return _count == ChunkLength;
        }

        /// <summary>Takes what there is, for good; null for nothing.</summary>
        public RevalidatorActor.Dumped? Take()
        {
            if (_count == 0)
                return null;
            var dumped = new RevalidatorActor.Dumped(_flows, _count);
            _flows = new FlowReport[ChunkLength];
            _count = 0;
            return dumped;
        }
    }
}
