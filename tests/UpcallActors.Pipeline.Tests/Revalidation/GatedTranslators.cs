using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Translators that let no upcall pass before a gate is open, so that those behind it come in one batch.</summary>
internal sealed class GatedTranslators(OpenFlowTranslatorFactory inner, ManualResetEventSlim gate) : IUpcallTranslatorFactory
{
    public event EventHandler? Changed
    {
        add => inner.Changed += value;
        remove => inner.Changed -= value;
    }

    public ulong Version => inner.Version;

    public ulong RevalidationVersion => inner.RevalidationVersion;

    public IRecirculationIds? Recirculations => ((IUpcallTranslatorFactory)inner).Recirculations;

    public IUpcallTranslator Create(int number) => new Translator(inner.Create(number), gate);

    public void Expire(bool isAccounted) => inner.Expire(isAccounted);

    private sealed class Translator(IUpcallTranslator inner, ManualResetEventSlim gate) : IUpcallTranslator
    {
        public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask)
        {
            gate.Wait();
            return inner.Translate(upcall, actions, ref mask);
        }

        public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask) =>
            inner.Retranslate(key, credit, actions, ref mask);
    }
}
