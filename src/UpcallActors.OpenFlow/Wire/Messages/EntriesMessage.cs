using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>A part of a message that comes as often as there is something.</summary>
internal interface IWireEntry
{
    /// <summary>Appends the entry.</summary>
    void Encode(in WireContext context, WireWriter writer);
}

/// <summary>A message that is a list, as most replies with statistics are.</summary>
/// <typeparam name="T">What it lists.</typeparam>
internal sealed record EntriesMessage<T>(ImmutableArray<T> Entries) : OpenFlowMessage, IWireDecoder<EntriesMessage<T>>
    where T : class, IWireDecoder<T>, IWireEntry
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out EntriesMessage<T>? message)
    {
        message = null;
        ImmutableArray<T>.Builder entries = ImmutableArray.CreateBuilder<T>();
        while (body.Left > 0)
        {
            int before = body.Left;
            if (T.Decode(context, ref body, out T? entry) is { } error)
                return error;
            if (body.Failed || entry is null || body.Left == before)
                return BadRequest.BadLength;
            entries.Add(entry);
        }

        message = new EntriesMessage<T>(entries.ToImmutable());
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        foreach (T entry in Entries)
            entry.Encode(context, writer);
    }
}
