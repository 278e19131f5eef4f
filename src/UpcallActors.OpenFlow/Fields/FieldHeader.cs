namespace UpcallActors.OpenFlow;

/// <summary>
/// The header of a field in an NXM or OXM match: class, number and the bytes of the value (without a mask). Numbers are those of
/// Open vSwitch's <c>meta-flow.h</c> and of the OpenFlow specification; <see cref="Name"/> is the name that actions may write.
/// </summary>
internal readonly record struct FieldHeader(string Name, ushort OxmClass, byte Number, byte Length)
{
    /// <summary>Class of the fields that came with OpenFlow 1.0 (<c>NXM_OF_*</c>).</summary>
    public const ushort Nxm0 = 0x0000;

    /// <summary>Class of Nicira's extensions (<c>NXM_NX_*</c>).</summary>
    public const ushort Nxm1 = 0x0001;

    /// <summary>Class of the basic OpenFlow fields (<c>OXM_OF_*</c>).</summary>
    public const ushort OpenFlowBasic = 0x8000;

    /// <summary>Class of the packet registers (<c>OXM_OF_PKT_REG*</c>).</summary>
    public const ushort PacketRegisters = 0x8001;

    /// <summary>Class of the fields of experimenters, who is behind the header.</summary>
    public const ushort ExperimenterClass = 0xffff;

    /// <summary>Whose field it is, for the class of experimenters.</summary>
    public uint Experimenter { get; init; }

    /// <summary>The 32-bit header without a mask.</summary>
    public uint Value => ((uint)OxmClass << 16) | ((uint)Number << 9) | Length;
}
