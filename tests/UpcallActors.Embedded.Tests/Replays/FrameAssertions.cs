using System.Buffers.Binary;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>Compares frames one by one, byte for byte, but for the identification of IPv6 fragments.</summary>
internal static class FrameAssertions
{
    private const int Ipv6HeaderLength = 40;
    private const byte FragmentHeader = 44;

    /// <summary>
    /// Frames between two addresses come in the order recorded. Between pairs of addresses there is none: while one
    /// packet is up in the slow path, others that hit a flow overtake it (on Linux 6.1 a router solicitation took 4 ms,
    /// and six fragments of a ping passed it by). Identifications are drawn anew by the kernel when it refragments
    /// (<c>ipv6_select_ident</c>): each of its values must stand for one of ours, and no two for the same.
    /// </summary>
    public static void ShouldEqual(IReadOnlyList<byte[]> actual, IReadOnlyList<byte[]> expected, string port)
    {
        ILookup<string, byte[]> ours = actual.ToLookup(Addresses);
        ILookup<string, byte[]> theirs = expected.ToLookup(Addresses);
        foreach (string addresses in ours.Select(group => group.Key).Union(theirs.Select(group => group.Key)))
            PairShouldEqual([.. ours[addresses]], [.. theirs[addresses]], $"{port} {addresses}");
    }

    /// <summary>Where the fragment identification of an IPv6 frame stands, 0 if it has none.</summary>
    public static int IdentificationOffset(ReadOnlySpan<byte> frame)
    {
        int type = 12;
        if (frame.Length > type + 6 && BinaryPrimitives.ReadUInt16BigEndian(frame[type..]) == 0x8100)
            type += 4;
        int header = type + 2;
        bool isFragment = frame.Length >= header + Ipv6HeaderLength + 8
            && BinaryPrimitives.ReadUInt16BigEndian(frame[type..]) == 0x86dd && frame[header + 6] == FragmentHeader;
        return isFragment ? header + Ipv6HeaderLength + 4 : 0;
    }

    private static void PairShouldEqual(byte[][] actual, byte[][] expected, string what)
    {
        var ours = new Dictionary<uint, int>();
        var theirs = new Dictionary<uint, int>();
        for (int index = 0; index < Math.Min(actual.Length, expected.Length); index++)
            WithOrdinal(actual[index], ours).ShouldBe(WithOrdinal(expected[index], theirs), $"{what} frame {index}");
        actual.Length.ShouldBe(expected.Length, what);
    }

    private static string Addresses(byte[] frame) => Convert.ToHexString(frame, 0, 12);

    private static string WithOrdinal(byte[] frame, Dictionary<uint, int> ordinals)
    {
        int offset = IdentificationOffset(frame);
        if (offset == 0)
            return Convert.ToHexString(frame);
        uint identification = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(offset));
        if (!ordinals.TryGetValue(identification, out int ordinal))
            ordinals.Add(identification, ordinal = ordinals.Count);
        byte[] copy = [.. frame];
        BinaryPrimitives.WriteInt32BigEndian(copy.AsSpan(offset), ordinal);
        return Convert.ToHexString(copy);
    }
}
