using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Every layout of every message, a row for each: its numbers, its versions, its length and its codec. Names and numbers are those of
/// Open vSwitch's <c>ofp-msgs.h</c>.
/// </summary>
internal static partial class MessageForms
{
    // A message that has one layout in all versions, known or not.
    private const OpenFlowVersion Any = 0;

    /// <summary>All rows.</summary>
    public static ImmutableArray<MessageForm> All { get; } = [.. StandardRows(), .. ExtensionsRows(), .. StatisticsRows()];

    private static FrozenDictionary<(MessageSpace Space, byte Version, uint Number), MessageForm> ByNumber { get; } = Index();

    /// <summary>Finds the row of a number.</summary>
    public static bool TryFind(MessageSpace space, byte version, uint number, [NotNullWhen(true)] out MessageForm? form) =>
        ByNumber.TryGetValue((space, version, number), out form)
            || ByNumber.TryGetValue((space, (byte)Any, number), out form);

    /// <summary>
    /// Finds the row of a message that a version has; OpenFlow's own where there is an extension beside it. Null if the version has none.
    /// </summary>
    public static MessageForm? Find(MessageType type, OpenFlowVersion version)
    {
        foreach (MessageForm form in All)
        {
            if (form.Type == type && (form.First == Any || (version >= form.First && version <= form.Last)))
                return form;
        }

        return null;
    }

    /// <summary>
    /// Finds the layout of a reply: of those that the version has the one in the space of the request's, an extension's for an
    /// extension's; else the version's own.
    /// </summary>
    public static MessageForm FindReply(MessageForm request, MessageType type, OpenFlowVersion version)
    {
        MessageSpace space = request.Space switch
        {
            MessageSpace.Request => MessageSpace.Reply,
            MessageSpace.NiciraRequest => MessageSpace.NiciraReply,
            MessageSpace.OnfRequest => MessageSpace.OnfReply,
            MessageSpace same => same,
        };
        foreach (MessageForm form in All)
        {
            if (form.Type == type && form.Space == space && (form.First == Any || (version >= form.First && version <= form.Last)))
                return form;
        }

        return Find(type, version) ?? throw new ArgumentException($"OpenFlow {version} has no {type}", nameof(type));
    }

    private static MessageForm Row<T>(
        MessageType type,
        string name,
        MessageSpace space,
        uint number,
        OpenFlowVersion first,
        OpenFlowVersion last,
        int length = 0,
        int multiple = 0)
        where T : OpenFlowMessage, IWireDecoder<T> =>
        new(type, name, space, number, first, last, length, multiple, Decode<T>);

    private static OpenFlowError? Decode<T>(in WireContext context, ref WireReader body, out OpenFlowMessage? message)
        where T : OpenFlowMessage, IWireDecoder<T>
    {
        OpenFlowError? error = T.Decode(context, ref body, out T? read);
        message = read;
        return error;
    }

    private static FrozenDictionary<(MessageSpace Space, byte Version, uint Number), MessageForm> Index()
    {
        var rows = new Dictionary<(MessageSpace Space, byte Version, uint Number), MessageForm>();
        foreach (MessageForm form in All)
        {
            for (OpenFlowVersion version = form.First; version <= form.Last; version++)
                rows.Add((form.Space, (byte)version, form.Number), form);
        }

        return rows.ToFrozenDictionary();
    }
}
