using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Packets;

namespace UpcallActors.Hosting.Tests;

/// <summary>Translators that do the same with every packet.</summary>
/// <param name="translate">What they do; it may hang, or throw.</param>
internal sealed class SimpleTranslators(Func<Translation> translate) : IUpcallTranslatorFactory, IUpcallTranslator
{
    public event EventHandler? Changed
    {
        add { }
        remove { }
    }

    public IRecirculationIds? Recirculations => null;

    public ulong Version => 0;

    public ulong RevalidationVersion => 0;

    /// <summary>A bridge that learns and switches, on the three ports of a <see cref="HostedDatapath"/>.</summary>
    public static IUpcallTranslatorFactory Normal(IServiceProvider services, IDatapath datapath, IDatapathPorts? ports)
    {
        BridgePort[] members = [new(1, 1, "p1"), new(2, 2, "p2"), new(3, 3, "p3")];
        return new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Standalone, StandaloneTables.Make(), members)]);
    }

    /// <summary>They throw over every packet.</summary>
    public static IUpcallTranslatorFactory Failing(IServiceProvider services, IDatapath datapath, IDatapathPorts? ports) =>
        new SimpleTranslators(() => throw new InvalidOperationException("told to"));

    public IUpcallTranslator Create(int number) => this;

    public void Expire(bool isAccounted)
    {
    }

    public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask) => translate();

    public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask) => translate();
}
