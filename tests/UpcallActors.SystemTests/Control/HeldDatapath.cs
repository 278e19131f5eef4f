using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Control;

/// <summary>
/// A datapath that takes no requests before it is told to: a pipeline over it cannot take over flows, and does not start.
/// </summary>
internal sealed class HeldDatapath(IDatapath inner, Task released) : DatapathDecorator(inner)
{
    public override IRequestChannel OpenRequests()
    {
        released.Wait();
        return base.OpenRequests();
    }
}
