using System.Globalization;

namespace UpcallActors.Netlink.Tests.Fuzz;

public sealed class NetlinkFuzzTests
{
    private const int DefaultIterations = 5000;

    [Fact]
    public void Mutated_messages_never_lead_outside_the_buffer()
    {
        byte[] seed = Seed();
        NetlinkFuzz.Run(seed).ShouldBe(4);
        var random = new Random(1);
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture, out int set) ? set : DefaultIterations;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            byte[] mutated = [.. seed.AsSpan(0, random.Next(seed.Length + 1))];
            for (int change = random.Next(4); change >= 0 && mutated.Length != 0; change--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            NetlinkFuzz.Run(mutated).ShouldBeLessThanOrEqualTo(mutated.Length);
        }
    }

    private static byte[] Seed()
    {
        var writer = new NetlinkWriter(new byte[128]);
        int start = writer.BeginMessage(40, NetlinkFlags.Request, 1, 2);
        writer.PutGenericHeader(1, 1);
        int nest = writer.BeginNest(1);
        writer.PutU32(1, 2);
        writer.PutU16(2, 3);
        writer.EndNest(nest);
        writer.PutFlag(3);
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }
}
