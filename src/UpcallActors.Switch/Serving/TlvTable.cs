using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Which fields tun_metadata stand for which options of tunnels, in a bridge (<c>tun_metadata_table_mod</c>). No match has these fields
/// yet, so that no flow keeps an entry from being deleted. Its bridge's.
/// </summary>
internal sealed class TlvTable
{
    /// <summary>Bytes of all options together.</summary>
    public const int MostBytes = 256;

    /// <summary>Fields that there are.</summary>
    public const int MostFields = 64;

    private const ushort Add = 0;
    private const ushort Delete = 1;

    private ImmutableSortedDictionary<ushort, TlvMapping> _byIndex = ImmutableSortedDictionary<ushort, TlvMapping>.Empty;

    /// <summary>The entries, by their fields.</summary>
    public ImmutableArray<TlvMapping> Mappings => [.. _byIndex.Values];

    /// <summary>Changes all that is asked for, or nothing.</summary>
    public OpenFlowError? Change(TlvTableModMessage asked)
    {
        if (asked.Command == Add)
            return AddAll(asked.Mappings);
        _byIndex = asked.Command == Delete ? _byIndex.RemoveRange(asked.Mappings.Select(mapping => mapping.Index)) : _byIndex.Clear();
        return null;
    }

    private OpenFlowError? AddAll(ImmutableArray<TlvMapping> mappings)
    {
        ImmutableSortedDictionary<ushort, TlvMapping> changed = _byIndex;
        foreach (TlvMapping mapping in mappings)
        {
            if (changed.ContainsKey(mapping.Index))
                return TlvTableModFailed.AlreadyMapped;
            if (changed.Values.Any(other => (other.OptionClass, other.OptionType) == (mapping.OptionClass, mapping.OptionType)))
                return TlvTableModFailed.DuplicateEntry;
            changed = changed.Add(mapping.Index, mapping);
            if (changed.Values.Sum(other => other.OptionLength) > MostBytes)
                return TlvTableModFailed.TableFull;
        }

        _byIndex = changed;
        return null;
    }
}
