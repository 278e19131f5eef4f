using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Telemetry;

/// <summary>
/// OpenTelemetry says what goes wrong within it to <see cref="EventSource"/>s alone,
/// each time it does. Here it becomes one line of the log a minute. Thread-safe.
/// </summary>
internal sealed class TelemetryDiagnostics : EventListener
{
    private const string Sources = "OpenTelemetry-";

    /// <summary>Reported for each instrument in the process that is not exported.</summary>
    private const string InstrumentIgnored = "MetricInstrumentIgnored";

    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _problems;
    private long? _saidAt;

    /// <summary>Listens to the sources that there are and those to come.</summary>
    public TelemetryDiagnostics(ILogger logger, TimeProvider time)
    {
        _logger = logger;
        _time = time;
        // The base class has shown the sources that there were to a listener without a logger.
        foreach (EventSource source in EventSource.GetSources())
            Listen(source);
    }

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (_logger != null)
            Listen(eventSource);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Level is (EventLevel.Warning or EventLevel.Error or EventLevel.Critical) && eventData.EventName != InstrumentIgnored)
            Report(Secrets.Masked(Describe(eventData)));
    }

    /// <summary>Takes note of a problem; says so if the last one that was said is a minute ago.</summary>
    internal void Report(string problem)
    {
        long problems;
        lock (_lock)
        {
            _problems++;
            if (_saidAt is { } saidAt && _time.GetElapsedTime(saidAt) < _interval)
                return;
            _saidAt = _time.GetTimestamp();
            problems = _problems;
            _problems = 0;
        }

        _logger.NotSending(problems, problem);
    }

    private void Listen(EventSource source)
    {
        if (source.Name.StartsWith(Sources, StringComparison.Ordinal))
            EnableEvents(source, EventLevel.Warning);
    }

    private static string Describe(EventWrittenEventArgs written)
    {
        object?[] payload = [.. written.Payload ?? []];
        string text;
        try
        {
            text = string.Format(CultureInfo.InvariantCulture, written.Message ?? written.EventName ?? "", payload);
        }
        catch (FormatException)
        {
            text = string.Join(", ", payload);
        }

        // An exception's stack is of no use to an operator.
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? text : text[..end];
    }
}
