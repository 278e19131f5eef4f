using System.Collections.Immutable;
using UpcallActors.Embedded;

namespace UpcallActors.Switch;

/// <summary>What the database calls a datapath and its interfaces.</summary>
internal static class DatapathTypes
{
    private const string System = "system";
    private const string UserSpace = "netdev";

    /// <summary>The values of <c>datapath_type</c> by which a bridge is one of a datapath; an empty one is <c>system</c>.</summary>
    /// <param name="type">The datapath's own type.</param>
    /// <param name="dummies">Which interfaces are connected to nothing.</param>
    public static ImmutableArray<string> Of(string type, DummyInterfaces dummies) => type switch
    {
        OpenedDatapath.DummyType when dummies == DummyInterfaces.Override => [OpenedDatapath.DummyType, UserSpace, System],
        OpenedDatapath.DummyType => [OpenedDatapath.DummyType],
        EmbeddedDatapath.TypeName => [UserSpace, System],
        _ => [System],
    };

    /// <summary>The version of a datapath: the kernel tells none (<c>dpif_netlink_get_datapath_version</c>).</summary>
    public static string VersionOf(string type) =>
        type is OpenedDatapath.DummyType or EmbeddedDatapath.TypeName ? "<built-in>" : "<unknown>";

    /// <summary>The types of interfaces there are.</summary>
    public static ImmutableArray<string> InterfacesOf(DummyInterfaces dummies)
    {
        ImmutableArray<string> types = ["geneve", "gre", "internal", "ip6gre", "patch", "system", "vxlan"];
        return dummies == DummyInterfaces.None ? types : ["dummy", "dummy-internal", "dummy-pmd", .. types];
    }
}
