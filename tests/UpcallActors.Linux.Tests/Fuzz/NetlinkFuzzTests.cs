using System.Globalization;

namespace UpcallActors.Linux.Tests.Fuzz;

public sealed class NetlinkFuzzTests
{
    private const int DefaultIterations = 5000;

    internal static byte[] AncillarySeed { get; } =
    [
        20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0,
        17, 0, 0, 0, 0, 0, 0, 0, 7, 1, 0, 0, 1, 0, 0, 0, 9,
    ];

    private static int Iterations =>
        int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture, out int set)
            ? set
            : DefaultIterations;

    [Fact]
    public void Mutated_messages_never_lead_outside_the_buffer()
    {
        byte[] seed = Seed();
        NetlinkFuzz.Run(seed).ShouldBe(4);
        var random = new Random(1);
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            byte[] mutated = Mutate(seed, random);
            NetlinkFuzz.Run(mutated).ShouldBeLessThanOrEqualTo(mutated.Length);
        }
    }

    [Fact]
    public void Mutated_answers_of_the_kernel_are_read_or_refused()
    {
        byte[] seed = AnswerSeed();
        NetlinkAnswerFuzz.Run(seed).ShouldBe(3);
        var random = new Random(2);
        for (int iteration = 0; iteration < Iterations; iteration++)
            NetlinkAnswerFuzz.Run(Mutate(seed, random)).ShouldBeLessThanOrEqualTo(seed.Length);
    }

    [Fact]
    public void Mutated_ancillary_data_never_leads_outside_the_buffer()
    {
        byte[] seed = AncillarySeed;
        ControlMessagesFuzz.Run(seed).ShouldBe(37);
        var random = new Random(3);
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            byte[] mutated = Mutate(seed, random);
            ControlMessagesFuzz.Run(mutated).ShouldBeLessThanOrEqualTo(mutated.Length);
        }
    }

    internal static byte[] AnswerSeed()
    {
        var writer = new NetlinkWriter(new byte[256]);
        int start = writer.BeginMessage(NetlinkControlType.Error, (NetlinkFlags)0x300, 1, 2);
        writer.PutRaw(BitConverter.GetBytes(-22));
        writer.PutRaw(new byte[NetlinkMessage.HeaderLength]);
        writer.PutString(1, "bad");
        writer.EndMessage(start);
        start = writer.BeginMessage(16, NetlinkFlags.None, 1, 2);
        writer.PutGenericHeader(1, 2);
        writer.PutU16(1, 30);
        writer.PutString(2, "ovs_flow");
        writer.PutU32(3, 1);
        int groups = writer.BeginNest(7);
        int group = writer.BeginNest(1);
        writer.PutU32(2, 5);
        writer.PutString(1, "ovs_flow");
        writer.EndNest(group);
        writer.EndNest(groups);
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }

    internal static byte[] Seed()
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

    private static byte[] Mutate(byte[] seed, Random random)
    {
        byte[] mutated = [.. seed.AsSpan(0, random.Next(seed.Length + 1))];
        for (int change = random.Next(4); change >= 0 && mutated.Length != 0; change--)
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
        return mutated;
    }
}
