using System.ComponentModel;
using Microsoft.Extensions.Logging;
using UpcallActors.Embedded;
using UpcallActors.Kernel;
using UpcallActors.Odp;

namespace UpcallActors.Switch;

/// <summary>A datapath with its ports, if they can be added. Disposing closes both.</summary>
internal sealed class OpenedDatapath : IDisposable
{
    /// <summary>The type of a datapath of ports that are connected to nothing (<c>dpif_dummy_register</c>).</summary>
    public const string DummyType = "dummy";

    private OpenedDatapath(IDatapath datapath, IDatapathPorts? ports)
    {
        Datapath = datapath;
        Ports = ports;
    }

    /// <summary>The datapath.</summary>
    public IDatapath Datapath { get; }

    /// <summary>Its ports; null where none can be added.</summary>
    public IDatapathPorts? Ports { get; }

    /// <summary>
    /// Opens the datapath that is asked for; of kind auto the kernel's where it can be had. Throws <see cref="DatapathException"/> with
    /// the reason when it cannot be opened, also of kind auto: a kernel's datapath that is in use is no reason to have another one beside
    /// it.
    /// </summary>
    public static OpenedDatapath Open(DatapathChoice choice, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(choice);
        bool isKernel = choice.Kind == DatapathKind.Kernel;
        if (choice.Kind == DatapathKind.Auto)
        {
            KernelAvailability kernel = KernelAvailability.Find();
            isKernel = kernel.IsAvailable;
            const string Usable = "the kernel has Open vSwitch, and this process may use it";
            logger.Chosen(isKernel ? "kernel" : "embedded", isKernel ? Usable : kernel.Reason);
        }

        try
        {
            return isKernel ? OpenKernel(choice)
                : choice.Kind == DatapathKind.Dummy ? OpenDummy(choice.Embedded)
                : OpenEmbedded(choice.Embedded);
        }
        catch (Win32Exception refused)
        {
            throw new DatapathException($"datapath {(isKernel ? choice.Kernel.Name : choice.Embedded.Name)}: {refused.Message}", refused);
        }
    }

    /// <summary>Takes a datapath over; it is closed when its ports cannot be had.</summary>
    /// <param name="datapath">The datapath.</param>
    /// <param name="ports">Finds its ports; null where none can be added.</param>
    public static OpenedDatapath With(IDatapath datapath, Func<IDatapathPorts?> ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        try
        {
            return new OpenedDatapath(datapath, ports());
        }
        catch
        {
            datapath.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Deletes the datapath with its ports, and the devices that were made for them. Throws <see cref="DatapathException"/> when refused.
    /// </summary>
    public void Delete()
    {
        Datapath.ThrowIfLost();

        // A tunnel's device is no part of the kernel's datapath and would stay.
        foreach (DatapathPort port in (Ports?.List() ?? []).Where(port => IsTunnel(port.Type)))
            Ports!.Remove(port.Name);
        Datapath.Delete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ports?.Dispose();
        Datapath.Dispose();
    }

    private static bool IsTunnel(OvsVportType type) =>
        type is OvsVportType.Vxlan or OvsVportType.Geneve or OvsVportType.Gre or OvsVportType.Ip6Gre;

    private static OpenedDatapath OpenKernel(DatapathChoice choice)
    {
        var datapath = KernelDatapath.Open(choice.Kernel);
        return With(datapath, () => choice.NeedsPerCpuDispatch && datapath.Dispatch != DispatchMode.PerCpu
            ? throw new DatapathException($"datapath {datapath.Name}: this kernel does not spread upcalls per CPU (dispatch = per-cpu)")
            : new KernelPorts(datapath.Name, datapath.IfIndex, datapath.KernelFamilies, datapath.UpcallPids));
    }

    private static OpenedDatapath OpenDummy(EmbeddedDatapathOptions options)
    {
        var datapath = new EmbeddedDatapath(options with { Type = DummyType });
        return With(datapath, () => new DummyPorts(datapath));
    }

    private static OpenedDatapath OpenEmbedded(EmbeddedDatapathOptions options)
    {
        var datapath = new EmbeddedDatapath(options);
        return With(datapath, () => new EmbeddedPorts(datapath));
    }
}
