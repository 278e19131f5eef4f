namespace UpcallActors.OpenFlow;

/// <summary>Where an action stands on the wire.</summary>
/// <param name="Version">The version.</param>
/// <param name="NestingLeft">How many lists may still stand in each other.</param>
internal readonly record struct ActionContext(OpenFlowVersion Version, int NestingLeft)
{
    /// <summary>How deep lists may stand in each other.</summary>
    public const int MaximumNesting = 64;

    /// <summary>Outside all others.</summary>
    public static ActionContext Of(OpenFlowVersion version) => new(version, MaximumNesting);
}

/// <summary>Reads an action from behind its header.</summary>
internal delegate OpenFlowError? ActionDecoder(in ActionContext context, ref WireReader body, out OpenFlowAction? action);

/// <summary>A layout of an action: a row of <see cref="ActionForms"/>.</summary>
/// <param name="Name">The specification's or Nicira's name for it.</param>
/// <param name="Vendor">Whose it is, 0 for OpenFlow's own.</param>
/// <param name="Type">Its number there.</param>
/// <param name="First">The first version with it.</param>
/// <param name="Last">The last version with it.</param>
/// <param name="Length">Its bytes with the header, at least.</param>
/// <param name="IsLonger">Whether there may be more.</param>
/// <param name="Decode">Reads it.</param>
internal sealed record ActionForm(
    string Name, uint Vendor, ushort Type, OpenFlowVersion First, OpenFlowVersion Last, int Length, bool IsLonger, ActionDecoder Decode)
{
    /// <summary>The type of an experimenter's action.</summary>
    public const ushort ExperimenterType = 0xffff;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
