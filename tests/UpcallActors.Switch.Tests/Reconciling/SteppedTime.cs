namespace UpcallActors.Switch.Tests.Reconciling;

/// <summary>A clock that a test sets.</summary>
internal sealed class SteppedTime : TimeProvider
{
    public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;
}
