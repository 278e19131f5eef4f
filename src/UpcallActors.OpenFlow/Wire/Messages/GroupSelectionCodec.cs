using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>The properties of a group, from bytes and to bytes: there is one kind.</summary>
internal static class GroupSelectionCodec
{
    private const ushort Experimenter = 0xffff;
    private const uint Netronome = 0x0000154d;
    private const uint NetronomeCompatible = 0x00001540;
    private const uint SelectionMethod = 1;
    private const int NameLength = 16;

    /// <summary>Reads the properties of a group that is added or modified, or of one that is shown.</summary>
    public static OpenFlowError? Decode(WireReader properties, GroupType type, GroupCommand command, out GroupSelection? selection)
    {
        selection = null;
        while (properties.Left > 0)
        {
            if (WireProperty.TryTake(ref properties, out ushort property, out WireReader payload) is { } error)
                return error;
            if (property != Experimenter)
                return BadProperty.BadType;
            uint vendor = payload.U32();
            uint experiment = payload.U32();
            payload.Skip(sizeof(uint));
            if (vendor is not (Netronome or NetronomeCompatible) || experiment != SelectionMethod)
                return BadProperty.BadExperimenterType;
            if (type != GroupType.Select || command is not (GroupCommand.Add or GroupCommand.Modify or GroupCommand.AddOrModify))
                return BadProperty.BadValue;
            if (DecodeMethod(ref payload, out selection) is { } misfit)
                return misfit;
        }

        return null;
    }

    /// <summary>Appends the property.</summary>
    public static void Encode(OpenFlowVersion version, WireWriter writer, GroupSelection selection)
    {
        int start = WireProperty.Start(writer, Experimenter);
        writer.U32(Netronome);
        writer.U32(SelectionMethod);
        writer.U32(0);
        writer.Text(selection.Method, NameLength);
        writer.U64(selection.Parameter);
        foreach (HashedField hashed in selection.Fields)
            FieldEntry.PutMask(writer, hashed.Field, version, hashed.Mask);
        WireProperty.End(writer, start);
    }

    private static OpenFlowError? DecodeMethod(ref WireReader payload, out GroupSelection? selection)
    {
        selection = null;
        string method = payload.Text(NameLength);
        ulong parameter = payload.U64();
        if (payload.Failed)
            return BadProperty.BadLength;
        if (method is not (GroupSelection.Hash or GroupSelection.DatapathHash))
            return BadProperty.BadValue;
        var list = new WireReader(payload.TakeRest());
        if (list.Left > 0 && method != GroupSelection.Hash)
            return BadProperty.BadValue;
        ImmutableArray<HashedField>.Builder fields = ImmutableArray.CreateBuilder<HashedField>();
        while (list.Left > 0)
        {
            if (FieldEntry.TakeMask(ref list, out MatchField? field, out UInt128 mask) is { } error)
                return error;
            if (fields.Any(other => other.Field == field))
                return BadMatch.DuplicateField;
            if ((mask & field!.Bits) == 0)
                return BadMatch.BadMask;
            fields.Add(new HashedField(field, mask));
        }

        selection = new GroupSelection(method, parameter, fields.ToImmutable());
        return null;
    }
}
