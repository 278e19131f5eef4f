namespace UpcallActors.OpenFlow;

/// <summary>Actions that write or copy a field that they name, to bytes.</summary>
internal static class FieldActionsEncoder
{
    private const ushort SetFieldType = 25;
    private const ushort CopyFieldType = 28;
    private const int LongestLoad = 64;

    /// <summary><c>encode_SET_FIELD</c>.</summary>
    public static void Set(in ActionWriting writing, WireWriter writer, SetFieldAction set)
    {
        bool isWhole = set.Mask == set.Field.Bits;
        if (writing.Version >= OpenFlowVersion.V15)
            PutSetField(writing.Version, writer, set.Field, set.Value, set.Mask);
        else if (set.IsSecondLoad || set.Loaded is not null)
            PutLoads(writer, set);
        else if (writing.Version >= OpenFlowVersion.V12 && isWhole)
            PutSetField(writing.Version, writer, set.Field, set.Value);
        else if (writing.Version >= OpenFlowVersion.V12 || !isWhole)
            PutLoads(writer, set);
        else if (set.Field.Name == "vlan_tci")
            HeaderActionsEncoder.SetTci(writing, writer, (ushort)set.Value);
        else if (!HeaderActionsEncoder.SetLegacy(writing.Version, writer, set.Field, set.Value))
            PutLoads(writer, set);
    }

    /// <summary><c>encode_REG_MOVE</c>.</summary>
    public static void Move(in ActionWriting writing, WireWriter writer, MoveAction move)
    {
        bool isCopy = writing.Version >= OpenFlowVersion.V15;
        int start = isCopy ? ActionEncoder.Start(writer, CopyFieldType) : ActionEncoder.StartExperimenter(writer, "NXAST_REG_MOVE");
        writer.U16((ushort)move.Target.Length);
        writer.U16((ushort)move.Source.Start);
        writer.U16((ushort)move.Target.Start);
        writer.Zero(isCopy ? sizeof(ushort) : 0);
        FieldEntry.PutHeader(writer, move.Source.Field, isCopy ? writing.Version : null);
        FieldEntry.PutHeader(writer, move.Target.Field, isCopy ? writing.Version : null);
        ActionEncoder.End(writer, start);
    }

    /// <summary>Appends a write of a whole field, since 1.2.</summary>
    public static void PutSetField(OpenFlowVersion version, WireWriter writer, MatchField field, UInt128 value) =>
        PutSetField(version, writer, field, value, field.Bits);

    /// <summary>Appends a load of up to 64 bits.</summary>
    public static void PutLoad(WireWriter writer, in SubField target, ulong value)
    {
        int start = ActionEncoder.StartExperimenter(writer, "NXAST_REG_LOAD");
        writer.U16(OutputActionsDecoder.EncodeBits(target));
        FieldEntry.PutHeader(writer, target.Field, version: null);
        writer.U64(value);
        ActionEncoder.End(writer, start);
    }

    private static void PutSetField(OpenFlowVersion version, WireWriter writer, MatchField field, UInt128 value, UInt128 mask)
    {
        int start = ActionEncoder.Start(writer, SetFieldType);
        FieldEntry.Put(writer, field, version, value, mask);
        ActionEncoder.End(writer, start);
    }

    /// <summary>
    /// Appends a load for each run of bits, of 64 at most (<c>set_field_to_nxast</c>); a field whose header takes more than four bytes is
    /// written with its mask.
    /// </summary>
    private static void PutLoads(WireWriter writer, SetFieldAction set)
    {
        if (set.IsSecondLoad || WireFields.HeaderOf(set.Field, version: null) is not { Experimenter: 0 })
        {
            int start = ActionEncoder.StartExperimenter(writer, "NXAST_REG_LOAD2");
            FieldEntry.Put(writer, set.Field, version: null, set.Value, set.Mask);
            ActionEncoder.End(writer, start);
            return;
        }

        int bit = 0;
        while (bit < set.Field.Width)
        {
            if (((set.Mask >> bit) & 1) == 0)
            {
                bit++;
                continue;
            }

            int length = 1;
            while (length < LongestLoad && bit + length < set.Field.Width && ((set.Mask >> (bit + length)) & 1) != 0)
                length++;
            PutLoad(writer, new SubField(set.Field, bit, length), (ulong)((set.Value >> bit) & MatchField.AllOnes(length)));
            bit += length;
        }
    }
}
