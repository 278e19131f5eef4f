using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>Translates flows anew and compares with what the datapath has (<c>revalidate_ukey__</c>). One thread.</summary>
internal sealed class FlowRevalidation(IUpcallTranslator translator, RevalidationCounters counters)
{
    /// <summary>Room for a mask's attributes: twice a <see cref="FlowKey"/>, which all its fields' headers do not fill.</summary>
    private const int MaxMask = 2 * FlowKey.WordCount * sizeof(ulong);

    private readonly byte[] _actions = new byte[UpcallBatch.MaxActions];
    private readonly ActionComparison _comparison = new();
    private int _actionsLength;

    /// <summary>The flow in translation; after a failure it tells which flow caused it.</summary>
    public Ufid? Current { get; private set; }

    /// <summary>The actions of the last flow revalidated.</summary>
    public ReadOnlySpan<byte> Actions => _actions.AsSpan(0, _actionsLength);

    /// <summary>The recirculation ids in which the last flow revalidated differs.</summary>
    public IReadOnlyList<(uint Installed, uint Own)> Recirculations => _comparison.Recirculations;

    /// <summary>Why the last flow revalidated must go, if it must.</summary>
    public FlowDeletionReason Reason { get; private set; }

    /// <summary>Revalidates a flow; what it has carried is credited by the way.</summary>
    public FlowVerdict Revalidate(Ukey ukey, FlowCredit credit)
    {
        _actionsLength = 0;
        if (OvsFlowKeyReader.TryRead(ukey.Key, out FlowKey key) != OdpParseError.None)
            return Delete(FlowDeletionReason.BadOdpFit);
        FlowKey mask = default;
        Translation translation = Translate(ukey, key, credit, ref mask);
        if (translation.Error == XlateError.NoRecirculationContext)
        {
            Reason = FlowDeletionReason.XlationError;
            return FlowVerdict.DeleteUnknownContext;
        }

        if (!translation.InstallFlow || (uint)translation.ActionsLength > (uint)_actions.Length)
            return Delete(FlowDeletionReason.XlationError);
        _actionsLength = translation.ActionsLength;
        if (OvsFlowKeyReader.TryReadMask(ukey.Mask, out FlowKey installed) != OdpParseError.None)
            return Delete(FlowDeletionReason.BadOdpFit);
        if (HasExtra(key, mask, installed))
            return Delete(FlowDeletionReason.FlowWildcarded);
        if (!_comparison.AreEqualButForIds(ukey.Actions, Actions))
            return FlowVerdict.Modify;
        return _comparison.Recirculations.Count != 0 || _comparison.PortIdsDiffer ? FlowVerdict.ModifyIds : FlowVerdict.Keep;
    }

    /// <summary>Credits what a flow has carried that is gone. Who fails over that needs not be kept from it another time.</summary>
    public void CreditLast(Ukey ukey, FlowCredit credit)
    {
        FlowKey mask = default;
        if (OvsFlowKeyReader.TryRead(ukey.Key, out FlowKey key) != OdpParseError.None)
            return;
        try
        {
            _ = Translate(ukey, key, credit, ref mask);
        }
        finally
        {
            Current = null;
        }
    }

    private Translation Translate(Ukey ukey, in FlowKey key, FlowCredit credit, ref FlowKey mask)
    {
        Current = ukey.Ufid;
        Translation translation = translator.Retranslate(key, credit, _actions, ref mask);
        Current = null;
        ukey.VisitedTables = translation.VisitedTables;
        counters.Count(RevalidationEvent.FlowTranslated);
        return translation;
    }

    private FlowVerdict Delete(FlowDeletionReason reason)
    {
        Reason = reason;
        return FlowVerdict.Delete;
    }

    /// <summary>
    /// Whether a mask looks at bits that the installed one leaves out (<c>flow_wildcards_has_extra</c>):
    /// then packets share the flow that must not. An installed mask that looks at more is safe.
    /// </summary>
    private static bool HasExtra(in FlowKey key, in FlowKey mask, in FlowKey installed)
    {
        if (!HasExtra(mask, installed))
            return false;
        // Not all that a mask says can be said to a datapath: what it was told is what counts.
        Span<byte> attributes = stackalloc byte[MaxMask];
        var writer = new NetlinkWriter(attributes);
        OvsFlowKeyWriter.WriteMask(key, mask, ref writer);
        return writer.Overflowed || OvsFlowKeyReader.TryReadMask(writer.Written, out FlowKey told) != OdpParseError.None
            || HasExtra(told, installed);
    }

    private static bool HasExtra(in FlowKey mask, in FlowKey installed)
    {
        ReadOnlySpan<ulong> bits = mask.ReadOnlyWords;
        ReadOnlySpan<ulong> covered = installed.ReadOnlyWords;
        for (int word = 0; word < FlowKey.WordCount; word++)
        {
            if ((bits[word] & ~covered[word]) != 0)
                return true;
        }

        return false;
    }
}
