namespace UpcallActors.OpenFlow;

/// <summary>
/// Properties, which messages of OpenFlow 1.4 and Nicira's consist of (<c>struct ofp_prop_header</c>): a type, a length without its
/// padding, the payload, and zeros up to a multiple of 8 bytes.
/// </summary>
internal static class WireProperty
{
    private const int HeaderLength = 4;

    /// <summary>Takes one with its padding.</summary>
    public static OpenFlowError? TryTake(ref WireReader reader, out ushort type, out WireReader payload)
    {
        type = reader.U16();
        int length = reader.U16();
        payload = default;
        if (reader.Failed || length < HeaderLength || reader.Left < length - HeaderLength + (-length & 7))
            return BadProperty.BadLength;
        payload = new WireReader(reader.Take(length - HeaderLength));
        reader.Skip(-length & 7);
        return null;
    }

    /// <summary>The error of a property that is not known (<c>ofpprop_unknown</c>).</summary>
    public static OpenFlowError Unknown(ushort type) => type == ushort.MaxValue ? BadProperty.BadExperimenterType : BadProperty.BadType;

    /// <summary>Begins one; its end is said with <see cref="End"/>.</summary>
    /// <returns>Where it begins.</returns>
    public static int Start(WireWriter writer, ushort type)
    {
        int start = writer.Length;
        writer.U16(type);
        writer.U16(0);
        return start;
    }

    /// <summary>Ends the property that begins at <paramref name="start"/>.</summary>
    public static void End(WireWriter writer, int start)
    {
        writer.PatchLength(start + sizeof(ushort), start);
        writer.Pad8(start);
    }

    public static void PutBytes(WireWriter writer, ushort type, ReadOnlySpan<byte> payload)
    {
        int start = Start(writer, type);
        writer.Bytes(payload);
        End(writer, start);
    }

    public static void Put8(WireWriter writer, ushort type, byte value) => PutBytes(writer, type, [value]);

    /// <summary>A number of 16 bits, whose property is said to have 8 bytes, not 6.</summary>
    public static void Put16(WireWriter writer, ushort type, ushort value) =>
        PutBytes(writer, type, [(byte)(value >> 8), (byte)value, 0, 0]);

    public static void Put32(WireWriter writer, ushort type, uint value)
    {
        int start = Start(writer, type);
        writer.U32(value);
        End(writer, start);
    }

    /// <summary>A number of 64 bits, behind four bytes of padding.</summary>
    public static void Put64(WireWriter writer, ushort type, ulong value)
    {
        int start = Start(writer, type);
        writer.Zero(sizeof(uint));
        writer.U64(value);
        End(writer, start);
    }
}
