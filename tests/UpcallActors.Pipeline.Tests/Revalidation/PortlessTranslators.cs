using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Translators that note how many packets met no rule, because they came in on a port of no bridge.</summary>
internal sealed class PortlessTranslators(IUpcallTranslatorFactory inner) : IUpcallTranslatorFactory
{
    private long _packets;

    public event EventHandler? Changed
    {
        add => inner.Changed += value;
        remove => inner.Changed -= value;
    }

    public long Packets => Volatile.Read(ref _packets);

    public ulong Version => inner.Version;

    public ulong RevalidationVersion => inner.RevalidationVersion;

    public bool MayDiffer(ulong version, ulong visitedTables) => inner.MayDiffer(version, visitedTables);

    public IRecirculationIds? Recirculations => inner.Recirculations;

    public IUpcallTranslator Create(int number) => new Translator(this, inner.Create(number));

    public void Expire(bool isAccounted) => inner.Expire(isAccounted);

    private sealed class Translator(PortlessTranslators translators, IUpcallTranslator inner) : IUpcallTranslator
    {
        public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            Count(inner.Translate(upcall, actions, ref mask), upcall.Credit);

        public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask) =>
            Count(inner.Retranslate(key, credit, actions, ref mask), credit);

        private Translation Count(Translation translation, FlowCredit credit)
        {
            if (translation.Error == XlateError.BridgeNotFound)
                Interlocked.Add(ref translators._packets, (long)credit.Packets);
            return translation;
        }
    }
}
