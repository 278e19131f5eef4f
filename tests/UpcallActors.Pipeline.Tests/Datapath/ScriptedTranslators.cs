using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Translators that do what the test says; by default output to port 2 and install a flow on the input port.</summary>
internal sealed class ScriptedTranslators : IUpcallTranslatorFactory
{
    private ulong _version = 1;
    private int _created;
    private int _translations;

    /// <summary>Makes the decision for an upcall.</summary>
    public TranslateUpcall Decide { get; set; } = OutputTo(2);

    /// <summary>Runs for each translator made; may throw.</summary>
    public Action<int> Creating { get; set; } = _ => { };

    /// <summary>Makes the decision for a flow in the datapath; by default the same as for an upcall with its key.</summary>
    public RetranslateFlow? DecideFlow { get; set; }

    /// <summary>Runs when what has had its time is let go.</summary>
    public Action Expiring { get; set; } = () => { };

    public event EventHandler? Changed;

    public IRecirculationIds? Recirculations { get; set; }

    public int Created => Volatile.Read(ref _created);

    public int Translations => Volatile.Read(ref _translations);

    public ulong Version
    {
        get => Volatile.Read(ref _version);
        set
        {
            Volatile.Write(ref _version, value);
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    public ulong RevalidationVersion => Version;

    public delegate Translation TranslateUpcall(in UpcallView upcall, Span<byte> actions, ref FlowKey mask);

    public delegate Translation RetranslateFlow(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask);

    public static TranslateUpcall OutputTo(uint port) => (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
    {
        mask.DatapathPort = uint.MaxValue;
        var writer = new NetlinkWriter(actions);
        writer.PutU32(OvsActionAttribute.Output, port);
        return new Translation { ActionsLength = writer.Length, InstallFlow = true, Version = 1 };
    };

    public void Expire(bool isAccounted) => Expiring();

    /// <summary>Says how upcalls were decided; null for translators that cannot.</summary>
    public ITranslationExplainer? Explainer { get; set; }

    public ITranslationExplainer? CreateExplainer() => Explainer;

    public string TextOf(in FlowKey packet) => new Flow(packet, inPort: 0).ToString();

    public IUpcallTranslator Create(int number)
    {
        Creating(Interlocked.Increment(ref _created));
        return new Scripted(this);
    }

    private sealed class Scripted(ScriptedTranslators script) : IUpcallTranslator
    {
        public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask)
        {
            Interlocked.Increment(ref script._translations);
            return script.Decide(upcall, actions, ref mask);
        }

        public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask) =>
            script.DecideFlow is { } decide
                ? decide(key, credit, actions, ref mask)
                : script.Decide(new UpcallView(key, [], [], default, PacketCommand.Miss, []), actions, ref mask);
    }
}
