using UpcallActors.Odp;

namespace UpcallActors.Tests;

/// <summary>A datapath that is another one, but for what a test makes of it.</summary>
internal abstract class DatapathDecorator(IDatapath inner) : IDatapath
{
    public string Name => inner.Name;

    public string Type => inner.Type;

    public int IfIndex => inner.IfIndex;

    public OvsFamilies Families => inner.Families;

    public int HandlerCount => inner.HandlerCount;

    public DispatchMode Dispatch => inner.Dispatch;

    public bool StaysWhenClosed => inner.StaysWhenClosed;

    public virtual Task Lost => inner.Lost;

    public DatapathLosses Losses => inner.Losses;

    public long Milliseconds => inner.Milliseconds;

    public IConntrack? Conntrack => inner.Conntrack;

    public long UnreachableUpcalls => inner.UnreachableUpcalls;

    public IReadOnlyList<DatapathDrop> Drops => inner.Drops;

    public DatapathSupport Support => inner.Support;

    public virtual bool SendsUpcallsHere() => inner.SendsUpcallsHere();

    public void ThrowIfLost() => inner.ThrowIfLost();

    public void Delete() => inner.Delete();

    public uint UserspacePid(uint inPort) => inner.UserspacePid(inPort);

    public virtual IUpcallSource OpenUpcalls(int handler) => inner.OpenUpcalls(handler);

    public virtual IRequestChannel OpenRequests() => inner.OpenRequests();

    public void Dispose()
    {
        inner.Dispose();
        GC.SuppressFinalize(this);
    }
}
