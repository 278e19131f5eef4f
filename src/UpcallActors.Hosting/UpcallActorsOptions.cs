using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Embedded;
using UpcallActors.Kernel;
using UpcallActors.Odp;
using UpcallActors.Pipeline;
using UpcallActors.Switch;

namespace UpcallActors.Hosting;

/// <summary>
/// Which datapath's upcalls are answered, and by whom. One of the <c>Use…Datapath</c> methods
/// must be called, and either <see cref="UseTranslators"/> or <see cref="AddBridge"/>.
/// </summary>
public sealed class UpcallActorsOptions
{
    private readonly List<BridgeConfiguration> _bridges = [];
    private readonly List<PortRequest> _ports = [];

    /// <summary>Sizes of the pipeline, and settings of revalidation.</summary>
    public UpcallPipelineSettings Pipeline { get; set; } = new();

    /// <summary>What the health check calls ill.</summary>
    public UpcallHealthOptions Health { get; set; } = new();

    internal Func<IServiceProvider, OpenedDatapath>? Open { get; private set; }

    internal Func<IServiceProvider, IDatapath, IDatapathPorts?, IUpcallTranslatorFactory>? Translators { get; private set; }

    /// <summary>What is wanted of the switch; null when there are neither bridges nor ports.</summary>
    internal SwitchConfiguration? Switch => _bridges.Count == 0 && _ports.Count == 0 ? null : new SwitchConfiguration
    {
        Settings = new SwitchSettings { RemovesOtherPorts = IsKernel && _bridges.Count > 0 },
        Bridges = ValueList.From(_bridges),
        Interfaces = ValueList.From(_ports.Select(InterfaceConfiguration.Of)),
    };

    private bool HasPorts { get; set; }

    private bool IsKernel { get; set; }

    /// <summary>
    /// The datapath of the kernel's module <c>openvswitch</c>: needs <c>CAP_NET_ADMIN</c>. It stays, with its ports and flows, when the
    /// host ends. The start fails with <see cref="DatapathException"/> if it cannot be opened, or while another running process answers its
    /// upcalls.
    /// </summary>
    public UpcallActorsOptions UseKernelDatapath(KernelDatapathOptions? options = null)
    {
        IsKernel = true;
        var choice = new DatapathChoice(DatapathKind.Kernel, options ?? new KernelDatapathOptions(), new EmbeddedDatapathOptions());
        return Use(true, _ => OpenedDatapath.Open(choice, NullLogger.Instance));
    }

    /// <summary>
    /// A datapath in this process, whose ports are devices of the host (packet sockets, TAP
    /// devices, VXLAN): those need <c>CAP_NET_RAW</c> and <c>CAP_NET_ADMIN</c>.
    /// </summary>
    public UpcallActorsOptions UseEmbeddedDatapath(EmbeddedDatapathOptions? options = null)
    {
        var choice = new DatapathChoice(DatapathKind.Embedded, new KernelDatapathOptions(), options ?? new EmbeddedDatapathOptions());
        return Use(true, _ => OpenedDatapath.Open(choice, NullLogger.Instance));
    }

    /// <summary>
    /// A datapath of one's own, such as an <see cref="EmbeddedDatapath"/> whose ports
    /// are in this process. The host closes it after the last upcall was answered.
    /// </summary>
    /// <param name="open">Opens the datapath when the host starts.</param>
    /// <param name="ports">Follows its ports, which <see cref="AddPort"/> and
    /// <see cref="AddBridge"/> need; null where it has none to be added.</param>
    public UpcallActorsOptions UseDatapath(Func<IServiceProvider, IDatapath> open,
        Func<IDatapath, IDatapathPorts>? ports = null) => Use(ports is not null, services =>
    {
        IDatapath datapath = open(services);
        return OpenedDatapath.With(datapath, () => ports?.Invoke(datapath));
    });

    /// <summary>
    /// Adds a port to the datapath when the host starts, for translators of one's own; ports of bridges are added with them.
    /// </summary>
    public UpcallActorsOptions AddPort(PortRequest port)
    {
        _ports.Add(port);
        return this;
    }

    /// <summary>
    /// Lets a policy of one's own decide about upcalls. The factory is made once, when the datapath is open and its ports were
    /// added, and is disposed after the last upcall if it can be. The ports are null where the datapath was given without.
    /// </summary>
    public UpcallActorsOptions UseTranslators(Func<IServiceProvider, IDatapath, IDatapathPorts?, IUpcallTranslatorFactory> create)
    {
        if (Translators is not null)
            throw new InvalidOperationException("UseTranslators was called twice: one policy decides about a datapath's upcalls");
        Translators = create;
        return this;
    }

    /// <summary>
    /// Lets the OpenFlow tables of a bridge decide about upcalls of its ports. Its ports, and one with its name, are added to the datapath
    /// and follow their devices.
    /// </summary>
    /// <exception cref="FormatException">
    /// A flow is not understood, or ports do not go together; all that is wrong is in the message.
    /// </exception>
    public UpcallActorsOptions AddBridge(string name, Action<BridgeBuilder> configure)
    {
        _bridges.Add(BridgeBuilder.Make(name, configure));
        return this;
    }

    /// <summary>
    /// Takes what a section of a configuration says, as
    /// <see cref="UpcallActorsHostingExtensions.WithUpcallActors(AkkaConfigurationBuilder, IConfiguration, Action{UpcallActorsOptions}?)"/>
    /// does.
    /// What it does not name stays as it is.
    /// </summary>
    /// <exception cref="FormatException">A key is not known, or a value cannot be read; all that is wrong is in the message.</exception>
    public UpcallActorsOptions Bind(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        UpcallActorsBinding.Bind(configuration, this);
        return this;
    }

    /// <summary>Throws <see cref="InvalidOperationException"/> for what is missing or does not go together.</summary>
    internal void Validate()
    {
        if (Open is null)
            throw new InvalidOperationException("no datapath: call UseKernelDatapath, UseEmbeddedDatapath or UseDatapath");
        if (Translators is null == (_bridges.Count == 0))
            throw new InvalidOperationException("no policy: call either UseTranslators or AddBridge");
        if (!HasPorts && (_ports.Count > 0 || _bridges.Count > 0))
            throw new InvalidOperationException("ports and bridges need a datapath that ports can be added to: give UseDatapath its ports, "
                + "or make an OpenFlowTranslatorFactory in UseTranslators");
    }

    private UpcallActorsOptions Use(bool hasPorts, Func<IServiceProvider, OpenedDatapath> open)
    {
        if (Open is not null)
            throw new InvalidOperationException("the datapath was chosen twice");
        Open = open;
        HasPorts = hasPorts;
        return this;
    }
}
