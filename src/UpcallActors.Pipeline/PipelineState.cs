using Microsoft.Extensions.Logging;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// What all lanes and revalidators of a pipeline share. It is whole before the first of them is made, and is not changed after.
/// </summary>
/// <param name="datapath">Where upcalls come from and requests go.</param>
/// <param name="translators">Who makes translators.</param>
/// <param name="settings">Sizes and limits.</param>
/// <param name="log">Where it is said what requests the datapath refused.</param>
/// <param name="logger">Where it is said what fails.</param>
internal sealed class PipelineState(
    IDatapath datapath, IUpcallTranslatorFactory translators, UpcallPipelineSettings settings, RequestLog log, ILogger logger)
{
    /// <summary>Where upcalls come from and requests go.</summary>
    public IDatapath Datapath => datapath;

    /// <summary>Who makes translators.</summary>
    public IUpcallTranslatorFactory Translators => translators;

    /// <summary>Sizes and limits.</summary>
    public UpcallPipelineSettings Settings => settings;

    /// <summary>Where it is said what requests the datapath refused.</summary>
    public RequestLog Log => log;

    /// <summary>Where it is said what fails.</summary>
    public ILogger Logger => logger;

    /// <summary>What is traced.</summary>
    public TraceState Tracing { get; } = new(settings.Tracing);

    /// <summary>The monitors of upcalls.</summary>
    public UpcallTap Tap { get; } = new();

    /// <summary>Where the lanes put what is for controllers.</summary>
    public ControllerQueue Controllers { get; } = new();

    /// <summary>What is measured in the course of the work.</summary>
    public PipelineHistograms Histograms { get; } = new();

    /// <summary>What the lanes have done, by handler.</summary>
    public LaneCounters[] Counters { get; } = [.. Enumerable.Range(0, datapath.HandlerCount).Select(_ => new LaneCounters())];
}
