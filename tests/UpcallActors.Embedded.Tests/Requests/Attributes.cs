using UpcallActors.Linux;

namespace UpcallActors.Embedded.Tests.Requests;

/// <summary>Builds attribute lists.</summary>
public static class Attributes
{
    public delegate void Writing(ref NetlinkWriter writer);

    public static byte[] Build(Writing write)
    {
        var writer = new NetlinkWriter(new byte[128 * 1024]);
        write(ref writer);
        writer.Overflowed.ShouldBeFalse();
        return writer.Written.ToArray();
    }

    /// <summary>One attribute that nests what is written.</summary>
    public static byte[] Nest(ushort type, Writing write) => Build((ref NetlinkWriter writer) =>
    {
        int nest = writer.BeginNest(type);
        write(ref writer);
        writer.EndNest(nest);
    });

    public static byte[] Concat(params byte[][] lists) => [.. lists.SelectMany(list => list)];
}
