using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Replay;

/// <summary>A datapath whose upcalls nobody can get at.</summary>
internal sealed class DeafDatapath(IDatapath inner) : DatapathDecorator(inner)
{
    public override IUpcallSource OpenUpcalls(int handler) => throw new IOException("no upcalls here");
}
