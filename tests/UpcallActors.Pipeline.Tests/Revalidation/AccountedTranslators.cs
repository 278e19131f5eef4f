using UpcallActors.Odp;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Translators that note how many packets they were told to credit.</summary>
internal sealed class AccountedTranslators(IUpcallTranslatorFactory inner) : IUpcallTranslatorFactory
{
    private long _credited;

    public event EventHandler? Changed
    {
        add => inner.Changed += value;
        remove => inner.Changed -= value;
    }

    public long Credited => Volatile.Read(ref _credited);

    public ulong Version => inner.Version;

    public ulong RevalidationVersion => inner.RevalidationVersion;

    public IRecirculationIds? Recirculations => inner.Recirculations;

    public IUpcallTranslator Create(int number) => new Translator(this, inner.Create(number));

    public void Expire(bool isAccounted) => inner.Expire(isAccounted);

    private sealed class Translator(AccountedTranslators translators, IUpcallTranslator inner) : IUpcallTranslator
    {
        public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            Count(inner.Translate(upcall, actions, ref mask), upcall.Credit);

        public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask) =>
            Count(inner.Retranslate(key, credit, actions, ref mask), credit);

        /// <summary>A packet whose recirculation is unknown met no rule.</summary>
        private Translation Count(Translation translation, FlowCredit credit)
        {
            if (translation.Error != XlateError.NoRecirculationContext)
                Interlocked.Add(ref translators._credited, (long)credit.Packets);
            return translation;
        }
    }
}
