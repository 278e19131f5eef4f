using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Control;

/// <summary>A datapath that takes no requests before it is told to: a pipeline over it cannot take over flows, and does not start.</summary>
internal sealed class HeldDatapath(IDatapath inner, Task released) : IDatapath
{
    public string Name => inner.Name;

    public int IfIndex => inner.IfIndex;

    public OvsFamilies Families => inner.Families;

    public int HandlerCount => inner.HandlerCount;

    public long Milliseconds => inner.Milliseconds;

    public IConntrack? Conntrack => inner.Conntrack;

    public DatapathSupport Support => inner.Support;

    public uint UserspacePid(uint inPort) => inner.UserspacePid(inPort);

    public IUpcallSource OpenUpcalls(int handler) => inner.OpenUpcalls(handler);

    public IRequestChannel OpenRequests()
    {
        released.Wait();
        return inner.OpenRequests();
    }

    public void Dispose() => inner.Dispose();
}
