using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>All errors (<c>enum ofperr</c> of Open vSwitch).</summary>
internal static class OpenFlowErrors
{
    /// <summary>Every row.</summary>
    public static ImmutableArray<OpenFlowError> All { get; } =
    [
        .. HelloFailed.All, .. BadRequest.All, .. BadAction.All, .. BadInstruction.All, .. BadMatch.All, .. FlowModFailed.All,
        .. GroupModFailed.All, .. PortModFailed.All, .. TableModFailed.All, .. QueueOpFailed.All, .. SwitchConfigFailed.All,
        .. RoleRequestFailed.All, .. MeterModFailed.All, .. TableFeaturesFailed.All, .. BadProperty.All, .. AsyncConfigFailed.All,
        .. BundleFailed.All, .. FlowMonitorFailed.All, .. TlvTableModFailed.All, .. ResumeFailed.All, .. StatsFailed.All,
    ];

    /// <summary>
    /// The error of a code, null if there is none. Two errors can share one (<c>OFPBRC_EPERM</c> and <c>OFPBRC_IS_SECONDARY</c> in
    /// 1.0): it is the first then.
    /// </summary>
    public static OpenFlowError? Find(OpenFlowVersion version, ErrorCode code)
    {
        foreach (OpenFlowError error in All)
        {
            if (error.In(version) == code)
                return error;
        }

        return null;
    }
}
