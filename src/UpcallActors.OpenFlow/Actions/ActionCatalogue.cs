using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.OpenFlow;

/// <summary>Makes an action of the text behind its name, which it takes to the end.</summary>
internal delegate OpenFlowAction ActionParser(string name, ref ActionArguments arguments);

/// <summary>A kind of action: the names it is read by and how its arguments are read.</summary>
/// <param name="Name">The name that is printed.</param>
/// <param name="Parse">Reads the arguments.</param>
internal sealed record ActionEntry(string Name, ActionParser Parse)
{
    /// <summary>Other names that are read.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];
}

/// <summary>
/// Every kind of action. A kind is one entry here and one class, which has its text. Names are read in
/// any case, as <c>ovs-ofctl</c> does.
/// </summary>
internal static class ActionCatalogue
{
    private static readonly FrozenDictionary<string, ActionEntry>.AlternateLookup<ReadOnlySpan<char>> _byName = Index();

    private static ImmutableArray<ActionEntry> Entries =>
    [
        new("output", OutputAction.Parse) { Aliases = ["output_reg"] },
        new("controller", ControllerAction.Parse),
        new("resubmit", ResubmitAction.Parse),
        new("goto_table", GotoTableAction.Parse),
        new("set_field", SetFieldAction.Parse),
        new("load", SetFieldAction.ParseLoad),
        new("move", MoveAction.Parse),
        new("mod_dl_src", ModifyAction.Parse),
        new("mod_dl_dst", ModifyAction.Parse),
        new("mod_nw_src", ModifyAction.Parse),
        new("mod_nw_dst", ModifyAction.Parse),
        new("mod_nw_tos", ModifyAction.Parse),
        new("mod_nw_ecn", ModifyAction.Parse),
        new("mod_nw_ttl", ModifyAction.Parse) { Aliases = ["set_nw_ttl"] },
        new("mod_tp_src", ModifyPortAction.Parse),
        new("mod_tp_dst", ModifyPortAction.Parse),
        new("dec_ttl", DecrementTtlAction.Parse),
        new("mod_vlan_vid", ModifyVlanAction.Parse),
        new("mod_vlan_pcp", ModifyVlanAction.Parse),
        new("set_vlan_vid", ModifyVlanAction.Parse),
        new("set_vlan_pcp", ModifyVlanAction.Parse),
        new("set_tunnel", SetTunnelAction.Parse) { Aliases = ["set_tunnel64"] },
        new("push_vlan", PushVlanAction.Parse),
        new("strip_vlan", StripVlanAction.Parse) { Aliases = ["pop_vlan"] },
        new("ct", ConntrackAction.Parse),
        new("ct_clear", ConntrackClearAction.Parse),
        new("clone", CloneAction.Parse),
        new("group", GroupAction.Parse),
        new("meter", MeterAction.Parse),
    ];

    /// <summary>Finds a kind by name.</summary>
    public static bool TryFind(ReadOnlySpan<char> name, [NotNullWhen(true)] out ActionEntry? entry) => _byName.TryGetValue(name, out entry);

    private static FrozenDictionary<string, ActionEntry>.AlternateLookup<ReadOnlySpan<char>> Index()
    {
        var names = new Dictionary<string, ActionEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (ActionEntry entry in Entries)
        {
            names.Add(entry.Name, entry);
            foreach (string alias in entry.Aliases)
                names.Add(alias, entry);
        }

        return names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
