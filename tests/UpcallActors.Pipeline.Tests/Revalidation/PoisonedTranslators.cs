using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Translators that throw over flows to one UDP port.</summary>
internal sealed class PoisonedTranslators(OpenFlowTranslatorFactory inner) : IUpcallTranslatorFactory
{
    private int _poison = -1;
    private int _times = int.MaxValue;
    private bool _failsToCreate;

    public event EventHandler? Changed
    {
        add => inner.Changed += value;
        remove => inner.Changed -= value;
    }

    public int Poison
    {
        get => Volatile.Read(ref _poison);
        set => Volatile.Write(ref _poison, value);
    }

    /// <summary>How many times more they throw.</summary>
    public int Times
    {
        get => Volatile.Read(ref _times);
        set => Volatile.Write(ref _times, value);
    }

    public bool FailsToCreate
    {
        get => Volatile.Read(ref _failsToCreate);
        set => Volatile.Write(ref _failsToCreate, value);
    }

    /// <summary>Runs before a translator is made.</summary>
    public Action Creating { get; set; } = () => { };

    public ulong Version => inner.Version;

    public ulong RevalidationVersion => inner.RevalidationVersion;

    public IRecirculationIds? Recirculations => inner.Recirculations;

    public IUpcallTranslator Create(int number)
    {
        Creating();
        return FailsToCreate ? throw new InvalidOperationException("no translator") : new Translator(this, inner.Create(number));
    }

    public void Expire(bool isAccounted) => inner.Expire(isAccounted);

    private sealed class Translator(PoisonedTranslators translators, IUpcallTranslator inner) : IUpcallTranslator
    {
        public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            inner.Translate(upcall, actions, ref mask);

        public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask) =>
            key.TpDst == translators.Poison && Interlocked.Decrement(ref translators._times) >= 0
                ? throw new InvalidOperationException("poison") : inner.Retranslate(key, credit, actions, ref mask);
    }
}
