using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using UpcallActors.Embedded;
using UpcallActors.Kernel;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Hosting;

/// <summary>Options from a section of a configuration, such as appsettings.json; docs/dotnet.md lists the keys.</summary>
internal static class UpcallActorsBinding
{
    private static readonly TimeSpan _tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan _millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>Takes what the section says. Throws <see cref="FormatException"/> with all that is wrong.</summary>
    public static void Bind(IConfiguration configuration, UpcallActorsOptions options)
    {
        List<string> problems = [];
        var root = ConfigurationReader.Of(configuration, problems);
        if (root.Has("Datapath"))
            BindDatapath(root.Under("Datapath"), options);
        options.Pipeline = PipelineOf(root.Under("Pipeline"), options.Pipeline);
        options.Health = HealthOf(root.Under("Health"), options.Health);
        foreach (ConfigurationReader port in root.Under("Ports").Each())
        {
            (PortRequest request, _) = BridgeBinding.RequestOf(port);
            port.RefuseOthers();
            options.AddPort(request);
        }

        foreach (ConfigurationReader bridge in root.Under("Bridges").Each())
            BridgeBinding.Bind(bridge, options, problems);
        root.RefuseOthers();
        if (problems.Count > 0)
            throw new FormatException(string.Join(Environment.NewLine, problems));
    }

    private static void BindDatapath(ConfigurationReader reader, UpcallActorsOptions options)
    {
        bool? isKernel = reader.Choice<bool?>("Type", null, ("kernel", true), ("embedded", false));
        if (!reader.Has("Type"))
            reader.Report("Type", "must be kernel or embedded: there is none");
        string name = reader.Text("Name", "ovs-system")!;
        if (name.Length is 0 or > KernelDatapathOptions.MaximumNameLength)
            reader.Report("Name", $"must have 1 to {KernelDatapathOptions.MaximumNameLength} characters");
        int handlers = (int)reader.Number("Handlers", 1, 1, KernelDatapathOptions.MaximumHandlers);
        if (isKernel == true)
        {
            var kernel = new KernelDatapathOptions
            {
                Name = name,
                HandlerCount = handlers,
                TakeOver = reader.Flag("TakeOver", false),
                ForcePerVportDispatch = reader.Flag("ForcePerVportDispatch", false),
                ReceiveBufferBytes = (int)reader.Number("ReceiveBufferBytes", 4 << 20, 64 << 10, 1 << 30),
            };
            options.UseKernelDatapath(kernel);
        }
        else if (isKernel == false)
        {
            int flowLimit = (int)reader.Number("FlowLimit", 1 << 20, 1, int.MaxValue);
            options.UseEmbeddedDatapath(new EmbeddedDatapathOptions { Name = name, HandlerCount = handlers, FlowLimit = flowLimit });
        }

        if (isKernel != null)
            reader.RefuseOthers();
    }

    private static UpcallPipelineSettings PipelineOf(ConfigurationReader reader, UpcallPipelineSettings before)
    {
        UpcallPipelineSettings settings = before with
        {
            BatchSize = (int)reader.Number("BatchSize", before.BatchSize, 1, 64),
            BatchesPerLane = (int)reader.Number("BatchesPerLane", before.BatchesPerLane, 2, 1 << 16),
            PortShare = reader.Share("PortShare", before.PortShare),
            RestartLimit = (int)reader.Number("RestartLimit", before.RestartLimit, 0, int.MaxValue),
            RestartWindow = reader.Time("RestartWindow", before.RestartWindow, _tick),
            TranslatorFailureLimit = (int)reader.Number("TranslatorFailureLimit", before.TranslatorFailureLimit, 1, int.MaxValue),
            Tracing = TracingOf(reader.Under("Tracing"), before.Tracing),
            Revalidation = RevalidationOf(reader.Under("Revalidation"), before.Revalidation),
        };
        if (settings.PortShare == 0)
            reader.Report("PortShare", "must be above 0: a port without a share has no upcalls");
        reader.RefuseOthers();
        return settings;
    }

    private static TraceSampling TracingOf(ConfigurationReader reader, TraceSampling before)
    {
        TraceSampling sampling = before with
        {
            Batches = reader.Share("Batches", before.Batches),
            Upcalls = reader.Share("Upcalls", before.Upcalls),
            SlowerThan = reader.Time("SlowerThan", before.SlowerThan, TimeSpan.Zero),
            UpcallsPerSecond = (int)reader.Number("UpcallsPerSecond", before.UpcallsPerSecond, 0, TraceSampling.MostPerSecond),
        };
        reader.RefuseOthers();
        return sampling;
    }

    private static RevalidatorSettings? RevalidationOf(ConfigurationReader reader, RevalidatorSettings? before)
    {
        RevalidatorSettings known = before ?? new RevalidatorSettings();
        bool isOn = reader.Flag("Enabled", before is not null);
        RevalidatorSettings settings = known with
        {
            Revalidators = reader.Has("Revalidators") ? (int)reader.Number("Revalidators", 1, 1, 64) : known.Revalidators,
            FlowLimit = (int)reader.Number("FlowLimit", known.FlowLimit, 1, int.MaxValue),
            MaxIdle = reader.Time("MaxIdle", known.MaxIdle, _millisecond),
            MaxRevalidator = reader.Time("MaxRevalidator", known.MaxRevalidator, _millisecond),
            MinRevalidatePps = (int)reader.Number("MinRevalidatePps", known.MinRevalidatePps, 0, int.MaxValue),
            Megaflows = reader.Flag("Megaflows", known.Megaflows),
        };
        reader.RefuseOthers();
        return isOn ? settings : null;
    }

    private static UpcallHealthOptions HealthOf(ConfigurationReader reader, UpcallHealthOptions before)
    {
        UpcallHealthOptions health = before with
        {
            Patience = reader.Time("Patience", before.Patience, _millisecond),
            MissingPorts = reader.Choice(
                "MissingPorts",
                before.MissingPorts,
                ("unhealthy", HealthStatus.Unhealthy),
                ("degraded", HealthStatus.Degraded),
                ("healthy", HealthStatus.Healthy)),
        };
        reader.RefuseOthers();
        return health;
    }
}
