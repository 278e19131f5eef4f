using System.Diagnostics;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>
/// Finds the tables and rules that decided about an upcall, by a second translation that counts and learns nothing. Only upcalls with a
/// span pay for it. Single owner.
/// </summary>
internal sealed class TableVisits : ITranslationObserver
{
    /// <summary>Resubmits can be 64 deep and 4,096 in number; for a reader the first ones are enough.</summary>
    private const int MostVisits = 64;

    /// <summary>A rule may have as many actions as fit a message.</summary>
    private const int MostText = 1024;

    private readonly IUpcallTranslator _translator;
    private readonly byte[] _actions = new byte[UpcallBatch.MaxActions];
    private readonly List<int> _tables = [];
    private readonly List<string> _rules = [];

    private TableVisits(OpenFlowTranslatorFactory factory) => _translator = factory.Observe(this);

    /// <summary>For the upcalls that a factory's translators translate; null when they do not do so by tables.</summary>
    public static TableVisits? Of(IUpcallTranslatorFactory translators) =>
        translators is OpenFlowTranslatorFactory factory ? new TableVisits(factory) : null;

    /// <summary>
    /// Adds to an upcall's span which tables it went through and what was found there; nothing when the tables have changed since.
    /// </summary>
    public void Describe(Activity span, UpcallBatch batch, int upcall)
    {
        _tables.Clear();
        _rules.Clear();
        ref UpcallRecord record = ref batch.Record(upcall);
        FlowKey mask = default;
        Translation translation = _translator.Translate(TranslatorActor.ViewOf(batch, upcall), _actions, ref mask);
        if (translation.Version != record.Translation.Version || _tables.Count == 0)
            return;
        span.SetTag("upcall.tables", _tables.ToArray());
        span.SetTag("upcall.rules", _rules.ToArray());
    }

    /// <inheritdoc/>
    public void TableEntered(byte table, Rule? rule)
    {
        if (_tables.Count == MostVisits)
            return;
        _tables.Add(table);
        string text = rule?.ToString().Trim() ?? $"table={table} no match";
        _rules.Add(text.Length <= MostText ? text : text[..MostText]);
    }

    /// <inheritdoc/>
    public void BridgeEntered(string bridge)
    {
    }

    /// <inheritdoc/>
    public void Resumed(byte table)
    {
    }

    /// <inheritdoc/>
    public void TableLeft()
    {
    }

    /// <inheritdoc/>
    public void ActionTaken(string action)
    {
    }

    /// <inheritdoc/>
    public void Noted(TranslationNote note, uint argument)
    {
    }

    /// <inheritdoc/>
    public void Recirculated(in ForkedPacket packet)
    {
    }
}
