using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>How a group selects a bucket (<c>ntr_group_prop_selection_method</c>, Netronome's extension).</summary>
/// <param name="Method">Its name: <c>hash</c>, <c>dp_hash</c>.</param>
/// <param name="Parameter">A number that the method knows.</param>
/// <param name="Fields">The fields that are hashed, in OXM with their masks as values.</param>
internal sealed record GroupSelection(string Method, ulong Parameter, ImmutableArray<byte> Fields)
{
    private const ushort Experimenter = 0xffff;
    private const uint Netronome = 0x0000154d;
    private const uint NetronomeCompatible = 0x00001540;
    private const uint SelectionMethod = 1;
    private const int NameLength = 16;

    /// <summary>Reads the properties of a group, of which there is no other.</summary>
    public static OpenFlowError? Decode(WireReader properties, out GroupSelection? selection)
    {
        selection = null;
        while (properties.Left > 0)
        {
            if (WireProperty.TryTake(ref properties, out ushort type, out WireReader payload) is { } error)
                return error;
            if (type != Experimenter)
                return BadProperty.BadType;
            uint vendor = payload.U32();
            uint experiment = payload.U32();
            payload.Skip(sizeof(uint));
            if (vendor is not (Netronome or NetronomeCompatible) || experiment != SelectionMethod)
                return BadProperty.BadExperimenterType;
            selection = new GroupSelection(payload.Text(NameLength), payload.U64(), [.. payload.TakeRest()]);
            if (payload.Failed)
                return BadProperty.BadLength;
        }

        return null;
    }

    /// <summary>Appends the property.</summary>
    public void Encode(WireWriter writer)
    {
        int start = WireProperty.Start(writer, Experimenter);
        writer.U32(Netronome);
        writer.U32(SelectionMethod);
        writer.U32(0);
        writer.Text(Method, NameLength);
        writer.U64(Parameter);
        writer.Bytes(Fields.AsSpan());
        WireProperty.End(writer, start);
    }
}
