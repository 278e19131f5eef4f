using System.ComponentModel;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Embedded;
using UpcallActors.Kernel;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Switching;

/// <summary>A datapath with its ports, the kernel's or the embedded one, as a configuration asks for. Disposing closes it.</summary>
internal sealed class LiveDatapath : IDisposable
{
    private LiveDatapath(IDatapath datapath, IDatapathPorts ports)
    {
        Datapath = datapath;
        Ports = ports;
    }

    /// <summary>The datapath.</summary>
    public IDatapath Datapath { get; }

    /// <summary>Its ports.</summary>
    public IDatapathPorts Ports { get; }

    /// <summary>
    /// Opens the configured datapath; type auto prefers the kernel's. Throws <see cref="DatapathException"/> with the reason when it cannot
    /// be opened, also of type auto: a kernel's datapath that is in use is no reason to have another one beside it.
    /// </summary>
    public static LiveDatapath Open(DaemonOptions options, ILogger logger)
    {
        bool isKernel = options.Datapath.Type == DatapathType.Kernel;
        if (options.Datapath.Type == DatapathType.Auto)
        {
            KernelAvailability kernel = KernelAvailability.Find();
            isKernel = kernel.IsAvailable;
            logger.Chosen(isKernel
                ? "kernel"
                : "embedded", isKernel ? "the kernel has Open vSwitch, and this process may use it" : kernel.Reason);
        }

        try
        {
            return isKernel ? OpenKernel(options) : OpenEmbedded(options);
        }
        catch (Win32Exception refused)
        {
            throw new DatapathException($"datapath {options.Datapath.Name}: {refused.Message}", refused);
        }
    }

    /// <summary>
    /// Deletes the datapath with its ports, and the devices that were made for them. Throws <see cref="DatapathException"/> when refused.
    /// </summary>
    public void Delete()
    {
        Datapath.ThrowIfLost();

        // A tunnel's device is no part of the kernel's datapath and would stay.
        foreach (DatapathPort port in Ports.List().Where(port => IsTunnel(port.Type)))
            Ports.Remove(port.Name);
        Datapath.Delete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ports.Dispose();
        Datapath.Dispose();
    }

    private static bool IsTunnel(OvsVportType type) =>
        type is OvsVportType.Vxlan or OvsVportType.Geneve or OvsVportType.Gre or OvsVportType.Ip6Gre;

    private static LiveDatapath OpenKernel(DaemonOptions options)
    {
        var datapath = KernelDatapath.Open(new KernelDatapathOptions
        {
            Name = options.Datapath.Name,
            HandlerCount = options.Handlers,
            TakeOver = options.Datapath.TakeOver,
            ForcePerVportDispatch = options.Datapath.Dispatch == DispatchOption.PerVport,
            ReceiveBufferBytes = options.Datapath.ReceiveBuffer,
        });
        try
        {
            if (options.Datapath.Dispatch == DispatchOption.PerCpu && datapath.Dispatch != DispatchMode.PerCpu)
                throw new DatapathException($"datapath {datapath.Name}: this kernel does not spread upcalls per CPU (dispatch = per-cpu)");
            return new LiveDatapath(datapath,
                new KernelPorts(datapath.Name, datapath.IfIndex, datapath.KernelFamilies, datapath.UpcallPids));
        }
        catch
        {
            datapath.Dispose();
            throw;
        }
    }

    private static LiveDatapath OpenEmbedded(DaemonOptions options)
    {
        var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions { Name = options.Datapath.Name, HandlerCount = options.Handlers });
        try
        {
            return new LiveDatapath(datapath, new EmbeddedPorts(datapath));
        }
        catch
        {
            datapath.Dispose();
            throw;
        }
    }
}
