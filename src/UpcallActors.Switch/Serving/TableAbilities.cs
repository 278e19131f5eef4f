using System.Collections.Concurrent;
using System.Collections.Immutable;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// What tables can do, in the words of a version: derived from the rows of actions and fields, so that a client is told what is taken.
/// All tables can do the same, but for the tables that a packet can go on to.
/// </summary>
internal static class TableAbilities
{
    /// <summary>Tables that clients see.</summary>
    public const int VisibleTables = 254;

    /// <summary>What Open vSwitch says of a table without a limit.</summary>
    public const uint UnlimitedEntries = 1_000_000;

    /// <summary><c>OFPTC14_EVICTION</c>.</summary>
    public const uint Eviction = 4;

    /// <summary><c>OFPTC14_VACANCY_EVENTS</c>.</summary>
    public const uint VacancyEvents = 8;

    /// <summary><c>OFPTMPEF14_*</c>: flows are evicted by importance, lifetime and other things, and not otherwise.</summary>
    public const uint EvictionFlags = 7;

    // ofp13_table_feature_prop_type; one for packets that no flow matched is the number and 1.
    private const ushort Instructions = 0;
    private const ushort NextTables = 2;
    private const ushort WriteActions = 4;
    private const ushort ApplyActions = 6;
    private const ushort Match = 8;
    private const ushort Wildcards = 10;
    private const ushort WriteSetField = 12;
    private const ushort ApplySetField = 14;

    // OFPIT_*.
    private const ushort GotoTable = 1;
    private const ushort Apply = 4;
    private const ushort Meter = 6;

    // OFPAT_*: what writes a field by an action of its own, which set_field does since 1.2; copy_field, which nobody is told of.
    private const ushort FirstFieldAction = 1;
    private const ushort LastFieldAction = 10;
    private const ushort LastAction = 25;

    private static readonly ConcurrentDictionary<OpenFlowVersion, Lists> _lists = new();

    /// <summary>How many flows a table may have, as clients are told, by its limit (<c>query_tables</c>).</summary>
    public static uint MostEntries(int? limit) => limit is { } most ? Math.Min((uint)most, UnlimitedEntries) : UnlimitedEntries;

    /// <summary>A table's abilities (<c>ofputil_append_table_features</c>).</summary>
    public static TableFeatures Of(byte table, string name, int? limit, OpenFlowVersion version)
    {
        Lists lists = _lists.GetOrAdd(version, ListsOf);
        ImmutableArray<byte> next = [.. Enumerable.Range(table + 1, VisibleTables - table - 1).Select(number => (byte)number)];
        return new TableFeatures
        {
            Id = table,
            Name = name,
            MetadataMatch = ulong.MaxValue,
            MetadataWrite = ulong.MaxValue,
            MaximumEntries = MostEntries(limit),
            Properties =
            [
                .. PropertiesOf(lists, InstructionsOf(version, hasNext: !next.IsEmpty), next, miss: 0),
                .. PropertiesOf(lists, InstructionsOf(version, hasNext: !next.IsEmpty), next, miss: 1),
                new TableFeatureProperty(Match, lists.Matched),
                new TableFeatureProperty(Wildcards, lists.Wildcarded),
            ],
        };
    }

    /// <summary>
    /// A table's settings as 1.4 describes them: what the configuration says of eviction is not among them (<c>query_table_desc__</c>).
    /// </summary>
    public static TableConfig ConfigOf(FlowTables tables, byte table)
    {
        TableSettings settings = tables.GetSettings(table);
        uint config = (settings.EvictsForMessage ? Eviction : 0) | (settings.Vacancy is null ? 0 : VacancyEvents);
        TableVacancy? vacancy = settings.Vacancy is not { } watched ? null : new TableVacancy(
            watched.Down, watched.Up, VacancyOf(settings.FlowLimit, tables.GetUse(table).Rules));
        return new TableConfig(table, config, EvictionFlags, vacancy);
    }

    /// <summary>Per cent of the limit that are free; all of it without a limit.</summary>
    private static byte VacancyOf(int? limit, int rules) =>
        limit is > 0 and { } most ? (byte)Math.Clamp((most - rules) * 100L / most, 0, 100) : (byte)100;

    private static IEnumerable<TableFeatureProperty> PropertiesOf(
        Lists lists, ImmutableArray<byte> instructions, ImmutableArray<byte> next, ushort miss) =>
    [
        new((ushort)(Instructions + miss), instructions),
        new((ushort)(NextTables + miss), next),
        new((ushort)(WriteActions + miss), []),
        new((ushort)(WriteSetField + miss), []),
        new((ushort)(ApplyActions + miss), lists.Actions),
        new((ushort)(ApplySetField + miss), lists.Written),
    ];

    /// <summary>From the last table a packet goes to no other; a meter is an action since 1.5.</summary>
    private static ImmutableArray<byte> InstructionsOf(OpenFlowVersion version, bool hasNext)
    {
        var instructions = new WireWriter();
        if (hasNext)
            PutType(instructions, GotoTable);
        PutType(instructions, Apply);
        if (version is OpenFlowVersion.V13 or OpenFlowVersion.V14)
            PutType(instructions, Meter);
        return [.. instructions.Written];
    }

    private static Lists ListsOf(OpenFlowVersion version)
    {
        var actions = new WireWriter();
        foreach (ActionForm form in ActionForms.All.Where(form => IsTold(form, version)).OrderBy(form => form.Type))
            PutType(actions, form.Type);
        return new Lists(
            [.. actions.Written],
            Fields(version, field => field.Writable, isMasked: false),
            Fields(version, static _ => true, isMasked: true),
            Fields(version, static _ => true, isMasked: false));
    }

    /// <summary><c>get_ofpact_map</c>.</summary>
    private static bool IsTold(ActionForm form, OpenFlowVersion version) =>
        form is { Vendor: 0, Type: <= LastAction and not (>= FirstFieldAction and <= LastFieldAction) }
            && version >= form.First && version <= form.Last;

    private static void PutType(WireWriter writer, ushort type)
    {
        writer.U16(type);
        writer.U16(sizeof(uint));
    }

    /// <summary>The headers of fields; one that a mask can go with says so, and counts the mask, where that is asked for.</summary>
    private static ImmutableArray<byte> Fields(OpenFlowVersion version, Func<MatchField, bool> isMeant, bool isMasked)
    {
        const uint HasMask = 0x100;
        var writer = new WireWriter();
        foreach (MatchField field in MatchFields.All.Where(isMeant))
        {
            if (WireFields.HeaderOf(field, version) is not { } header)
                continue;
            uint value = header.Value;
            if (isMasked && field.Maskable)
                value = (value | HasMask) + header.Length;
            // Whose field it is counts with the value.
            writer.U32(header.Experimenter == 0 ? value : value + sizeof(uint));
            if (header.Experimenter != 0)
                writer.U32(header.Experimenter);
        }

        return [.. writer.Written];
    }

    private sealed record Lists(
        ImmutableArray<byte> Actions,
        ImmutableArray<byte> Written,
        ImmutableArray<byte> Matched,
        ImmutableArray<byte> Wildcarded);
}
