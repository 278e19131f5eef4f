namespace UpcallActors.Embedded;

/// <summary>How fast a <see cref="CaptureReplay"/> goes.</summary>
internal enum ReplayPace
{
    /// <summary>The next frame comes as soon as the slow path is idle: the recording's order, whatever the machine's speed.</summary>
    WhenIdle,

    /// <summary>The next frame comes when as much time has passed as in the recording, whether the slow path is idle or not.</summary>
    Recorded,
}
