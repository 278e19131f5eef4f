using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>Tables.</content>
internal static partial class RequestHandlers
{
    // OFPFW10_ALL: what 1.0 can leave out.
    private const ulong Wildcards10 = 0x3fffff;

    // OFPTC11_TABLE_MISS_*, of 1.1 and 1.2.
    private const uint MissBits = 3;
    private const uint MissContinues = 1;
    private const uint MissDrops = 2;

    private static IEnumerable<RequestRow> TableRows() =>
    [
        Row<EmptyMessage>(MessageType.TableStatsRequest, DumpTables),
        Row<EntriesMessage<TableFeatures>>(MessageType.TableFeaturesRequest, DescribeTables),
        Row<EmptyMessage>(MessageType.TableDescRequest, DescribeTableSettings),
        Change<TableConfig>(MessageType.TableMod, ChangeTables),
    ];

    private static OpenFlowError? DumpTables(BridgeRequest request, EmptyMessage body)
    {
        FlowTables tables = request.Bridge.Tables;
        Dictionary<byte, string> names =
            request.Bridge.View.Configuration.TableNames.Entries.ToDictionary(name => name.Value, name => name.Key);
        request.ReplyAll(MessageType.TableStatsReply, Enumerable.Range(0, TableAbilities.VisibleTables).Select(table =>
        {
            TableUse use = tables.GetUse((byte)table);
            return new TableStatistics
            {
                Id = (byte)table,
                Name = names.GetValueOrDefault((byte)table, ""),
                Wildcards = Wildcards10,
                MaximumEntries = TableAbilities.MostEntries(tables.GetSettings((byte)table).FlowLimit),
                ActiveEntries = (uint)use.Rules,
                Lookups = use.Lookups,
                Matched = use.Matches,
            };
        }));
        return null;
    }

    /// <summary>
    /// A request with tables in it changes them; their names alone could be changed, and these are the configuration's here.
    /// </summary>
    private static OpenFlowError? DescribeTables(BridgeRequest request, EntriesMessage<TableFeatures> asked)
    {
        if (!asked.Entries.IsEmpty)
            return TableFeaturesFailed.NotPermitted;
        request.Reply(new OutgoingCopy(request.Bridge.TableFeatures.Of(request.Version, request.Bridge.View.Configuration), request.Xid));
        return null;
    }

    private static OpenFlowError? DescribeTableSettings(BridgeRequest request, EmptyMessage body)
    {
        request.ReplyAll(
            MessageType.TableDescReply,
            Enumerable.Range(0, TableAbilities.VisibleTables)
                .Select(table => TableAbilities.ConfigOf(request.Bridge.Tables, (byte)table)));
        return null;
    }

    /// <summary>One table, or all that clients see (<c>table_mod</c>).</summary>
    private static OpenFlowError? ChangeTables(BridgeRequest request, TableConfig asked)
    {
        if (asked.Eviction is not (null or TableAbilities.EvictionFlags))
            return TableModFailed.BadConfig;
        if (asked.Id == FlowCheck.InternalTable)
            return TableModFailed.NotPermitted;
        FlowTables tables = request.Bridge.Tables;
        using TableTransaction transaction = tables.Begin(request.Origin);
        int last = asked.Id == AllTables ? TableAbilities.VisibleTables - 1 : asked.Id;
        for (int table = asked.Id == AllTables ? 0 : asked.Id; table <= last; table++)
            transaction.Set((byte)table, Change(tables.GetSettings((byte)table), asked, request.Version));
        transaction.Commit();
        return null;
    }

    /// <summary>
    /// 1.1 and 1.2 say what becomes of packets without a flow, 1.4 and later how a full table is treated; 1.3 says nothing.
    /// </summary>
    private static TableSettings Change(TableSettings settings, TableConfig asked, OpenFlowVersion version)
    {
        if (version >= OpenFlowVersion.V14)
        {
            bool watches = (asked.Config & TableAbilities.VacancyEvents) != 0;
            return settings with
            {
                EvictsForMessage = (asked.Config & TableAbilities.Eviction) != 0,
                Vacancy = !watches ? null
                    : asked.Vacancy is { } vacancy ? new VacancyThresholds(vacancy.Down, vacancy.Up)
                    : settings.Vacancy ?? default(VacancyThresholds),
            };
        }

        return version >= OpenFlowVersion.V13 ? settings : settings with
        {
            Miss = (asked.Config & MissBits) switch
            {
                MissContinues => TableMiss.Continue,
                MissDrops => TableMiss.Drop,
                _ => TableMiss.Controller,
            },
        };
    }
}
