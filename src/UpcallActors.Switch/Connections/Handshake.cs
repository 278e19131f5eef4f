using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>What a connection begins with (<c>vconn_recv_hello</c>, <c>vcs_send_error</c> of Open vSwitch).</summary>
internal static class Handshake
{
    /// <summary>
    /// The version for a peer by its first message; null if there is none, and then what the peer is told, if it is told anything.
    /// </summary>
    public static OpenFlowVersion? Agree(OpenFlowVersions own, ReadOnlySpan<byte> first, out ErrorMessage? refusal)
    {
        refusal = null;
        if (OpenFlowCodec.Decode(first, out DecodedMessage? decoded) is not null || decoded!.Body is not HelloMessage hello)
            return null;
        OpenFlowVersions offered = hello.Versions;
        if (own.AgreeWith(offered) is { } version)
            return version;
        string text = $"We support {Say(own)}, you support {Say(offered)}, no common versions.";
        refusal = new ErrorMessage(HelloFailed.Incompatible.In(OpenFlowVersion.V10)!.Value, [.. Encoding.ASCII.GetBytes(text)]);
        return null;
    }

    /// <summary>As Open vSwitch says versions: the highest where it says them all, else each (<c>format_versions</c>).</summary>
    private static string Say(OpenFlowVersions versions)
    {
        ImmutableArray<int> all = [.. Enumerable.Range(0, 32).Where(bit => ((versions.Bitmap >> bit) & 1) != 0)];
        if (all.IsEmpty)
            return "no versions";
        if (all.Length > 1 && all[0] == 1 && BitOperations.PopCount(versions.Bitmap) == all[^1])
            return string.Create(CultureInfo.InvariantCulture, $"version 0x{all[^1]:x2} and earlier");
        return (all.Length == 1 ? "version " : "versions ")
            + string.Join(", ", all.Select(number => string.Create(CultureInfo.InvariantCulture, $"0x{number:x2}")));
    }
}
