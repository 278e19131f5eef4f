using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>
/// An error of OpenFlow, of its extensions or of Nicira's: a row with its name, which is Open vSwitch's, and its code in each
/// version that has it. The rows are the properties of <see cref="BadRequest"/>, <see cref="BadMatch"/> and so on.
/// </summary>
internal sealed class OpenFlowError
{
    private readonly ImmutableArray<ErrorForm> _forms;

    internal OpenFlowError(string name, params ReadOnlySpan<ErrorForm> forms)
    {
        Name = name;
        _forms = [.. forms];
    }

    /// <summary>The name in <c>enum ofperr</c> without its prefix: <c>OFPBMC_DUP_FIELD</c>.</summary>
    public string Name { get; }

    /// <summary>Its code in a version; null if the version has none.</summary>
    public ErrorCode? In(OpenFlowVersion version)
    {
        foreach (ErrorForm form in _forms)
        {
            if (version >= form.First && version <= form.Last)
                return form.Code;
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static ErrorForm Of(OpenFlowVersion first, OpenFlowVersion last, ushort type, ushort code) =>
        new(first, last, new ErrorCode(Vendor: 0, type, code));

    /// <summary>Nicira's form up to 1.1: a type and a code of its own behind <c>NXET_VENDOR</c>.</summary>
    internal static ErrorForm Nx(OpenFlowVersion first, OpenFlowVersion last, ushort type, ushort code) =>
        new(first, last, new ErrorCode(Experimenters.Nicira, type, code));

    /// <summary>Nicira's form since 1.2: an experimenter's error, which has one number.</summary>
    internal static ErrorForm Nx(OpenFlowVersion first, OpenFlowVersion last, ushort code) =>
        new(first, last, new ErrorCode(Experimenters.Nicira, ErrorCode.Experimenter, code));

    internal static ErrorForm Onf(OpenFlowVersion first, OpenFlowVersion last, ushort code) =>
        new(first, last, new ErrorCode(Experimenters.Onf, ErrorCode.Experimenter, code));
}

/// <summary>The numbers of an error in the versions from <paramref name="First"/> to <paramref name="Last"/>.</summary>
internal readonly record struct ErrorForm(OpenFlowVersion First, OpenFlowVersion Last, ErrorCode Code);

/// <summary>The numbers of an error.</summary>
/// <param name="Vendor">Whose error it is, 0 for OpenFlow's own.</param>
/// <param name="Type">The type (<c>OFPET_*</c>), <see cref="Experimenter"/> for an experimenter's since 1.2.</param>
/// <param name="Code">The code within the type.</param>
internal readonly record struct ErrorCode(uint Vendor, ushort Type, ushort Code)
{
    /// <summary><c>OFPET_EXPERIMENTER</c>.</summary>
    public const ushort Experimenter = 0xffff;

    /// <summary><c>NXET_VENDOR</c>, the type of an error of Nicira's up to 1.1.</summary>
    public const ushort NiciraType = 0xb0c2;
}
