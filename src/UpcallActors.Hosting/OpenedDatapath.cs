using UpcallActors.Odp;

namespace UpcallActors.Hosting;

/// <summary>A datapath with its ports, if they can be added. Disposing closes it.</summary>
internal sealed class OpenedDatapath : IDisposable
{
    private OpenedDatapath(IDatapath datapath, IDatapathPorts? ports)
    {
        Datapath = datapath;
        Ports = ports;
    }

    public IDatapath Datapath { get; }

    public IDatapathPorts? Ports { get; }

    /// <summary>Owns the datapath from now on; it is closed if its ports cannot be opened.</summary>
    public static OpenedDatapath With(IDatapath datapath, Func<IDatapathPorts?> ports)
    {
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

    /// <inheritdoc/>
    public void Dispose()
    {
        Ports?.Dispose();
        Datapath.Dispose();
    }
}
