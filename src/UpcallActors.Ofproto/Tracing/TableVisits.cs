using System.Diagnostics.CodeAnalysis;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// Finds the tables and rules that decided about an upcall, by translating it once more beside the lanes: what is done here counts and
/// learns nothing. Single owner.
/// </summary>
internal sealed class TableVisits : ITranslationObserver, ITranslationExplainer
{
    /// <summary>Resubmits can be 64 deep and 4,096 in number; for a reader the first ones are enough.</summary>
    private const int MostVisits = 64;

    /// <summary>A rule may have as many actions as fit a message.</summary>
    private const int MostText = 1024;

    private readonly IUpcallTranslator _translator;
    private readonly byte[] _actions = new byte[ushort.MaxValue];
    private readonly List<int> _tables = [];
    private readonly List<string> _rules = [];

    /// <summary>For the upcalls that a factory's translators translate.</summary>
    public TableVisits(OpenFlowTranslatorFactory factory) => _translator = factory.Observe(this);

    /// <inheritdoc/>
    public bool TryExplain(in UpcallView upcall, ulong version, [NotNullWhen(true)] out TranslationExplanation? explanation)
    {
        _tables.Clear();
        _rules.Clear();
        FlowKey mask = default;
        Translation translation = _translator.Translate(upcall, _actions, ref mask);
        bool isSame = translation.Version == version && _tables.Count > 0;
        explanation = isSame ? new TranslationExplanation([.. _tables], [.. _rules]) : null;
        return isSame;
    }

    /// <inheritdoc/>
    public void TableEntered(byte table, Rule? rule)
    {
        if (_tables.Count == MostVisits)
            return;
        _tables.Add(table);
        string text = rule?.Table == table ? rule.ToString().Trim() : $"table={table} no match";
        _rules.Add(text.Length <= MostText ? text : text[..MostText]);
    }

    /// <inheritdoc/>
    public void BridgeEntered(Bridge bridge)
    {
    }

    /// <inheritdoc/>
    public void Resumed(Bridge bridge, byte table)
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
