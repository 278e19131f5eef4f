using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Writes the VLAN's number or priority: OpenFlow 1.0's <c>mod_vlan_vid:5</c> and <c>mod_vlan_pcp:3</c>, which add a tag to a packet
/// without one, and OpenFlow 1.1's <c>set_vlan_vid:5</c> and <c>set_vlan_pcp:3</c>, which leave such a packet alone.
/// </summary>
internal sealed class ModifyVlanAction(bool isPriority, bool addsTag, ushort value) : OpenFlowAction
{
    private const ushort VlanPresent = 0x1000;
    private const ulong LargestId = 0x0fff;
    private const ulong LargestPriority = 7;

    internal override ActionKind Kind => ActionKind.ModifyVlan;

    public bool IsPriority => isPriority;

    /// <summary>Whether a packet without a tag gets one.</summary>
    public bool AddsTag => addsTag;

    public ushort Value => value;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        bool isPriority = name.EndsWith("pcp", StringComparison.OrdinalIgnoreCase);
        bool addsTag = name.StartsWith("mod", StringComparison.OrdinalIgnoreCase);
        return new ModifyVlanAction(isPriority, addsTag, (ushort)arguments.Cursor.TakeNumber(
            isPriority ? "the priority" : "the VLAN", isPriority ? LargestPriority : LargestId));
    }

    public override void Format(StringBuilder text, FlowNames? names) =>
        text.Append(addsTag ? "mod" : "set").Append(isPriority ? "_vlan_pcp:" : "_vlan_vid:").Append(value);

    internal override ActionProblem? Check(ref ActionCheck check)
    {
        if (!check.HasVlan && !addsTag)
            check.NeedsOpenFlow10(ToString(), FieldPrerequisite.Vlan.Describe());
        check.Packet.Key.VlanTci |= VlanPresent;
        return null;
    }
}
