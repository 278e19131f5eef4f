namespace UpcallActors.Daemon.Replay;

/// <summary>What the replay of one recording gave: a row of the table.</summary>
internal sealed record ReplayRow
{
    /// <summary>What was recorded.</summary>
    public required string Scenario { get; init; }

    /// <summary>The kernel it was recorded on.</summary>
    public required string Kernel { get; init; }

    /// <summary>Frames the hosts sent into the datapath.</summary>
    public required long FramesIn { get; init; }

    /// <summary>Upcalls because no flow matched.</summary>
    public required long Misses { get; init; }

    /// <summary>Upcalls by a userspace action.</summary>
    public required long Actions { get; init; }

    /// <summary>Upcalls with an MRU.</summary>
    public required long WithMru { get; init; }

    /// <summary>The largest MRU, bytes of layer 3; 0 if there was none.</summary>
    public required int LargestMru { get; init; }

    /// <summary>EXECUTEs the datapath took.</summary>
    public required long Executes { get; init; }

    /// <summary>Flow puts the datapath took.</summary>
    public required long FlowPuts { get; init; }

    /// <summary>Frames the datapath put out.</summary>
    public required long FramesOut { get; init; }

    /// <summary>Whether the frames put out are those that the kernel put out, byte for byte.</summary>
    public bool Identical => Differences.Count == 0;

    /// <summary>Upcalls per second of the replay's whole time, hosts and datapath included.</summary>
    public required double UpcallsPerSecond { get; init; }

    /// <summary>What is not identical, for a person.</summary>
    public required IReadOnlyList<string> Differences { get; init; }
}
