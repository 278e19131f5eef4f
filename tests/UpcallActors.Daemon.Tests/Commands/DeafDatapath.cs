using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Commands;

/// <summary>A datapath whose upcalls nobody can get at.</summary>
internal sealed class DeafDatapath(IDatapath inner) : IDatapath
{
    public string Name => inner.Name;

    public int IfIndex => inner.IfIndex;

    public OvsFamilies Families => inner.Families;

    public int HandlerCount => inner.HandlerCount;

    public long Milliseconds => inner.Milliseconds;

    public IConntrack? Conntrack => inner.Conntrack;

    public DatapathSupport Support => inner.Support;

    public uint UserspacePid(uint inPort) => inner.UserspacePid(inPort);

    public IUpcallSource OpenUpcalls(int handler) => throw new IOException("no upcalls here");

    public IRequestChannel OpenRequests() => inner.OpenRequests();

    public void Dispose() => inner.Dispose();
}
