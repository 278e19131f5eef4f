using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Puts together the requests that come in parts (<c>ofpmp_assembler_execute</c>). A part that is not the last waits; the last has the
/// entries of all. Its bridge's.
/// </summary>
internal sealed class RequestAssembly
{
    /// <summary>Bytes that the parts of a client may have.</summary>
    private const int MostBytes = 4 << 20;

    /// <summary>How long parts wait for the next.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(1);

    private readonly Dictionary<uint, Parts> _byXid = [];
    private int _bytes;

    /// <summary>Whether no part waits.</summary>
    public bool IsEmpty => _byXid.Count == 0;

    /// <summary>
    /// Takes a message. Returns the error that it is refused with; otherwise <paramref name="whole"/> is the request to answer, or null
    /// while more of it is to come.
    /// </summary>
    public OpenFlowError? Take(in ReceivedMessage part, long now, out ReceivedMessage? whole)
    {
        whole = part;
        if (part.Message is not { Form.IsMultipart: true } message || part.Header.Version < (byte)OpenFlowVersion.V13)
            return null;
        bool isLast = (message.Flags & DecodedMessage.MoreFlag) == 0;
        bool isKnown = _byXid.TryGetValue(part.Header.Xid, out Parts? parts);
        if (isLast && !isKnown)
            return null;
        whole = null;
        parts ??= new Parts(part.Bytes);
        _byXid[part.Header.Xid] = parts;
        parts.Used = now;
        if (parts.Form is not null && parts.Form != message.Form)
            return Drop(part.Header.Xid, BadRequest.BadStat);
        parts.Form = message.Form;
        _bytes += part.Bytes.Length;
        parts.Bytes += part.Bytes.Length;
        if (_bytes > MostBytes)
            return Drop(part.Header.Xid, BadRequest.MultipartBufferOverflow);
        if (!parts.TryAdd(message.Body))
            return Drop(part.Header.Xid, BadRequest.BadLength);
        if (!isLast)
            return null;
        whole = part with { Message = message with { Body = parts.Body! } };
        Drop(part.Header.Xid, null);
        return null;
    }

    /// <summary>Takes out the requests whose next part did not come; returns their first messages.</summary>
    public IReadOnlyList<byte[]> Expire(Func<long, TimeSpan> ageOf)
    {
        (uint Xid, byte[] First)[] old = [.. _byXid.Where(one => ageOf(one.Value.Used) >= Life).Select(one => (one.Key, one.Value.First))];
        foreach ((uint xid, _) in old)
            Drop(xid, null);
        return [.. old.Select(one => one.First)];
    }

    private OpenFlowError? Drop(uint xid, OpenFlowError? error)
    {
        if (_byXid.Remove(xid, out Parts? parts))
            _bytes -= parts.Bytes;
        return error;
    }

    /// <summary>What has come of a request.</summary>
    private sealed class Parts(byte[] first)
    {
        public byte[] First => first;

        public MessageForm? Form { get; set; }

        public int Bytes { get; set; }

        public long Used { get; set; }

        public OpenFlowMessage? Body { get; private set; }

        /// <summary>Only a list may be in several parts that are not empty.</summary>
        public bool TryAdd(OpenFlowMessage body)
        {
            Body = (Body, body) switch
            {
                (null, _) => body,
                (EntriesMessage<TableFeatures> before, EntriesMessage<TableFeatures> more) =>
                    new EntriesMessage<TableFeatures>([.. before.Entries, .. more.Entries]),
                (EntriesMessage<FlowMonitorRequest> before, EntriesMessage<FlowMonitorRequest> more) =>
                    new EntriesMessage<FlowMonitorRequest>([.. before.Entries, .. more.Entries]),
                (EmptyMessage before, EmptyMessage) => before,
                _ => null,
            };
            return Body is not null;
        }
    }
}
